import { Injectable } from '@nestjs/common';
import { ProcessJob } from '#libs/queue';
import { resealSecrets } from './mfa.jobs.js';
import { TotpService } from './totp.service.js';

@Injectable()
export class MfaProcessor {
  constructor(private readonly totp: TotpService) {}

  @ProcessJob(resealSecrets)
  reseal() {
    return this.totp.reseal();
  }
}
