import { Module } from '@nestjs/common';
import { PaginationModule } from '#libs/pagination';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditProcessor } from './audit.processor.js';
import { AuditSealing } from './audit-sealing.js';
import { Writers } from './writers.js';

/** Reading the audit log: for the API. */
@Module({
  imports: [PaginationModule],
  controllers: [AuditEventsController],
  providers: [AuditEventsService],
})
export class AuditHttpModule {}

/** Sealing it: for the worker. */
@Module({ providers: [AuditProcessor, AuditSealing, Writers] })
export class AuditWorkerModule {}
