import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { FilesModule } from '#libs/files';
import { WorkerHeartbeat } from './bullmq/worker-heartbeat.js';
import { DeadLetterStore } from './operations/dead-letter-store.js';
import { OperationStore } from './operations/operation-store.js';
import { JobsService } from './outbox/jobs.service.js';
import { OutboxNotifier } from './outbox/outbox-notifier.js';
import { LostMessageRecovery } from './relay/lost-message-recovery.js';
import { MessageDispatcher } from './relay/message-dispatcher.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { RetentionSweep } from './retention/retention-sweep.js';
import { ScheduleRegistry } from './schedules/schedule-registry.js';
import { ScheduleWatchdog } from './schedules/schedule-watchdog.js';
import { Scheduler } from './schedules/scheduler.js';
import { FailedJobSweep } from './worker/failed-job-sweep.js';
import { JobCompleter } from './worker/job-completer.js';
import { JobExecutor } from './worker/job-executor.js';
import { JobHandlers } from './worker/job-handlers.js';
import { MessageConsumer } from './worker/message-consumer.js';
import { QueueControlSync } from './worker/queue-control-sync.js';
import { RunningJobs } from './worker/running-jobs.js';
import { WorkerRunner } from './worker/worker-runner.js';

/** Enqueues jobs: for every process. */
@Module({ providers: [JobsService, OutboxNotifier], exports: [JobsService, OutboxNotifier] })
export class QueueModule {}

/** Does jobs: for the worker. */
@Module({
  imports: [QueueModule, FilesModule, DiscoveryModule],
  providers: [
    WorkerRunner,
    QueueControlSync,
    JobHandlers,
    OutboxRelay,
    MessageDispatcher,
    LostMessageRecovery,
    MessageConsumer,
    JobExecutor,
    RunningJobs,
    JobCompleter,
    OperationStore,
    DeadLetterStore,
    FailedJobSweep,
    RetentionSweep,
    Scheduler,
    ScheduleRegistry,
    ScheduleWatchdog,
    WorkerHeartbeat,
  ],
  exports: [WorkerHeartbeat],
})
export class QueueWorkerModule {}
