import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditModule } from '#libs/audit';
import { FilesModule } from '#libs/files';
import { IdempotencyModule } from '#libs/idempotency';
import { PaginationModule } from '#libs/pagination';
import { JobsController } from './jobs.controller.js';
import { JobsService } from './jobs.service.js';
import { OperationEvents } from './operations/operation-events.js';
import { OperationsService } from './operations/operations.service.js';
import { DeadLettersController } from './operators/dead-letters.controller.js';
import { DeadLettersService } from './operators/dead-letters.service.js';
import { QueueGauges } from './operators/queue-gauges.js';
import { QueueSteering } from './operators/queue-steering.js';
import { QueuesController } from './operators/queues.controller.js';
import { QueuesService } from './operators/queues.service.js';
import { RedrivesProcessor } from './operators/redrives.processor.js';
import { RedrivesService } from './operators/redrives.service.js';
import { HandOver } from './relay/hand-over.js';
import { LostMessages } from './relay/lost-messages.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { Consumer } from './running/consumer.js';
import { DeadLetters } from './running/dead-letters.js';
import { Execution } from './running/execution.js';
import { Expiry } from './running/expiry.js';
import { JobHandlers } from './running/handlers.js';
import { WorkerHeartbeat } from './running/heartbeat.js';
import { Housekeeping } from './running/housekeeping.js';
import { OperationRecord } from './running/operation-record.js';
import { QueueRunner } from './running/queue-runner.js';
import { RunningJobs } from './running/running-jobs.js';
import { Settlements } from './running/settlements.js';
import { ScheduleRegister } from './schedules/schedule-register.js';
import { ScheduleWatchdog } from './schedules/schedule-watchdog.js';
import { Scheduler } from './schedules/scheduler.js';
import { SchedulesController } from './schedules/schedules.controller.js';
import { SchedulesService } from './schedules/schedules.service.js';
import { WakeUp } from './wake-up.js';

/** Promising work: for every process. */
@Module({ providers: [JobsService, WakeUp], exports: [JobsService, WakeUp] })
export class JobsModule {}

/** Looking at it: for the API. */
@Module({
  imports: [JobsModule, FilesModule, AuditModule, PaginationModule, IdempotencyModule],
  controllers: [JobsController, SchedulesController, QueuesController, DeadLettersController],
  providers: [
    OperationsService,
    OperationEvents,
    SchedulesService,
    QueuesService,
    DeadLettersService,
    RedrivesService,
  ],
})
export class JobsHttpModule {}

/** Doing it: for the worker. */
@Module({
  imports: [JobsModule, FilesModule, AuditModule, DiscoveryModule],
  providers: [
    QueueRunner,
    QueueSteering,
    QueuesService,
    QueueGauges,
    JobHandlers,
    OutboxRelay,
    HandOver,
    LostMessages,
    Consumer,
    Execution,
    RunningJobs,
    Settlements,
    OperationRecord,
    DeadLetters,
    Housekeeping,
    Expiry,
    Scheduler,
    ScheduleRegister,
    ScheduleWatchdog,
    RedrivesService,
    RedrivesProcessor,
    WorkerHeartbeat,
  ],
  exports: [WorkerHeartbeat],
})
export class JobsWorkerModule {}
