import { Injectable } from '@nestjs/common';
import { type JobRun, ProcessJob } from '#modules/jobs';
import { resealSecrets, type SecurityChange, tellSecurityChange } from './mfa.contract.js';
import { SecurityMails } from './security-mails.js';
import { TotpService } from './totp.service.js';

@Injectable()
export class MfaProcessor {
  constructor(
    private readonly mails: SecurityMails,
    private readonly totp: TotpService,
  ) {}

  @ProcessJob(tellSecurityChange)
  tell({ id, data }: JobRun<{ userId: string; change: SecurityChange }>) {
    return this.mails.tell(data.userId, data.change, id);
  }

  @ProcessJob(resealSecrets)
  reseal() {
    return this.totp.reseal();
  }
}
