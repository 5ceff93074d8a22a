import { Module } from '@nestjs/common';
import { PaginationModule } from '#libs/pagination';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditProcessor } from './audit.processor.js';
import { AuditSealer } from './audit-sealer.js';
import { WriterBarrier } from './writer-barrier.js';

/** Reading the audit log, for the API. */
@Module({
  imports: [PaginationModule],
  controllers: [AuditEventsController],
  providers: [AuditEventsService],
})
export class AuditHttpModule {}

/** Sealing the audit log, for the worker. */
@Module({ providers: [AuditProcessor, AuditSealer, WriterBarrier] })
export class AuditWorkerModule {}
