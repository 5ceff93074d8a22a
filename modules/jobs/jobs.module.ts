import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { FilesModule } from '#libs/files';
import { IdempotencyModule } from '#libs/idempotency';
import { PaginationModule } from '#libs/pagination';
import { QueueAdminModule, QueueModule } from '#libs/queue';
import { BatchesService } from './dead-letters/batches.service.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersProcessor } from './dead-letters/dead-letters.processor.js';
import { DeadLettersService } from './dead-letters/dead-letters.service.js';
import { InspectionsService } from './listing/inspections.service.js';
import { ListingController } from './listing/listing.controller.js';
import { ListingService } from './listing/listing.service.js';
import { JobsController } from './operations/jobs.controller.js';
import { OperationEvents } from './operations/operation-events.js';
import { OperationsService } from './operations/operations.service.js';
import { QueueGauges } from './queues/queue-gauges.js';
import { QueuesController } from './queues/queues.controller.js';
import { QueuesService } from './queues/queues.service.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesService } from './schedules/schedules.service.js';

/** Shows jobs to clients and operators: for the API. */
@Module({
  imports: [QueueModule, QueueAdminModule, FilesModule, AuditLogModule, PaginationModule, IdempotencyModule],
  controllers: [
    ListingController,
    JobsController,
    SchedulesController,
    QueuesController,
    DeadLettersController,
  ],
  providers: [
    OperationsService,
    ListingService,
    InspectionsService,
    OperationEvents,
    SchedulesService,
    QueuesService,
    DeadLettersService,
    BatchesService,
  ],
})
export class JobsHttpModule {}

/** Redrives and discards dead letters and measures the queues: for the worker. */
@Module({
  imports: [QueueModule, QueueAdminModule, AuditLogModule],
  providers: [BatchesService, DeadLettersProcessor, QueuesService, QueueGauges],
})
export class JobsWorkerModule {}
