import { Injectable } from '@nestjs/common';
import { ProcessJob } from '#libs/queue';
import { rotateSigningKeys } from './oauth.jobs.js';
import { SigningKeysService } from './signing-keys.service.js';

@Injectable()
export class OAuthProcessor {
  constructor(private readonly keys: SigningKeysService) {}

  @ProcessJob(rotateSigningKeys)
  rotate() {
    return this.keys.advance();
  }
}
