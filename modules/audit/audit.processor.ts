import { Injectable } from '@nestjs/common';
import { ProcessJob } from '#libs/queue';
import { sealAudit } from './audit.jobs.js';
import { AuditSealer } from './audit-sealer.js';

@Injectable()
export class AuditProcessor {
  constructor(private readonly sealing: AuditSealer) {}

  @ProcessJob(sealAudit)
  seal(): Promise<void> {
    return this.sealing.seal();
  }
}
