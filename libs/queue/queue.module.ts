import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FilesModule } from '#libs/files';
import { WorkerHeartbeat } from './bullmq/worker-heartbeat.js';
import { DeadLetters } from './operations/dead-letter-store.js';
import { OperationRecord } from './operations/operation-store.js';
import { JobsService } from './outbox/jobs.service.js';
import { WakeUp } from './outbox/outbox-notifier.js';
import { LostMessages } from './relay/lost-message-recovery.js';
import { HandOver } from './relay/message-dispatcher.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { Expiry } from './retention/retention-sweep.js';
import { ScheduleRegister } from './schedules/schedule-registry.js';
import { ScheduleWatchdog } from './schedules/schedule-watchdog.js';
import { Scheduler } from './schedules/scheduler.js';
import { Housekeeping } from './worker/failed-job-sweep.js';
import { Settlements } from './worker/job-completer.js';
import { Execution } from './worker/job-executor.js';
import { JobHandlers } from './worker/job-handlers.js';
import { Consumer } from './worker/message-consumer.js';
import { QueueSteering } from './worker/queue-control-sync.js';
import { RunningJobs } from './worker/running-jobs.js';
import { QueueRunner } from './worker/worker-runner.js';

/** Enqueues jobs: for every process. */
@Module({ providers: [JobsService, WakeUp], exports: [JobsService, WakeUp] })
export class QueueModule {}

/** Does jobs: for the worker. */
@Module({
  imports: [QueueModule, FilesModule, DiscoveryModule],
  providers: [
    QueueRunner,
    QueueSteering,
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
    WorkerHeartbeat,
  ],
  exports: [WorkerHeartbeat],
})
export class QueueWorkerModule {}
