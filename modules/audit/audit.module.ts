import { Module } from '@nestjs/common';
import { PaginationModule } from '#libs/pagination';
import { AuditChainController } from './audit-chain.controller.js';
import { AuditChainService } from './audit-chain.service.js';
import { AuditEventsController } from './audit-events.controller.js';
import { AuditEventsService } from './audit-events.service.js';
import { AuditProcessor } from './audit.processor.js';
import { AuditSealer } from './audit-sealer.js';
import { WriterBarrier } from './writer-barrier.js';

/** Reading the audit log, for the API. */
@Module({
  imports: [PaginationModule],
  controllers: [AuditEventsController, AuditChainController],
  providers: [AuditEventsService, AuditChainService],
})
export class AuditHttpModule {}

/** Sealing the audit log, for the worker. */
@Module({ providers: [AuditProcessor, AuditSealer, WriterBarrier] })
export class AuditWorkerModule {}
