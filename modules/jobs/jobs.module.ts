import { Module } from '@nestjs/common';
import { AuditLogModule } from '#libs/audit-log';
import { FilesModule } from '#libs/files';
import { IdempotencyModule } from '#libs/idempotency';
import { PaginationModule } from '#libs/pagination';
import { QueueAdminModule, QueueModule } from '#libs/queue';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLettersService } from './dead-letters/dead-letters.service.js';
import { RedrivesProcessor } from './dead-letters/redrives.processor.js';
import { RedrivesService } from './dead-letters/redrives.service.js';
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
    RedrivesService,
  ],
})
export class JobsHttpModule {}

/** Redrives dead letters and measures the queues: for the worker. */
@Module({
  imports: [QueueModule, QueueAdminModule, AuditLogModule],
  providers: [RedrivesService, RedrivesProcessor, QueuesService, QueueGauges],
})
export class JobsWorkerModule {}
