import { Module } from '@nestjs/common';
import { Audit } from './audit-log.js';

@Module({ providers: [Audit], exports: [Audit] })
export class AuditModule {}
