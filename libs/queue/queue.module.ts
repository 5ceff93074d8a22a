import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { Config } from '#libs/config';
import { FilesModule } from '#libs/files';
import { DeadLetterAdmin } from './admin/dead-letter-admin.js';
import { JobReader } from './admin/job-reader.js';
import { OperationAdmin } from './admin/operation-admin.js';
import { QueueAdmin } from './admin/queue-admin.js';
import { BullQueuesModule } from './bullmq/bull-queues.module.js';
import { DeadLetterStore } from './operations/dead-letter-store.js';
import { OperationStore } from './operations/operation-store.js';
import { declaredQueues } from './outbox/job-definition.js';
import { JobsService } from './outbox/jobs.service.js';
import { OutboxNotifier } from './outbox/outbox-notifier.js';
import { LostMessageRecovery } from './relay/lost-message-recovery.js';
import { MessageDispatcher } from './relay/message-dispatcher.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { RetentionProcessor } from './retention/retention.processor.js';
import { ScheduleRegistry } from './schedules/schedule-registry.js';
import { ScheduleWatchdog } from './schedules/schedule-watchdog.js';
import { Scheduler } from './schedules/scheduler.js';
import { WorkerHeartbeatModule } from './worker-heartbeat.js';
import { FailedJobSweep } from './worker/failed-job-sweep.js';
import { JobCompleter } from './worker/job-completer.js';
import { JobExecutor } from './worker/job-executor.js';
import { JobHandlers } from './worker/job-handlers.js';
import { MessageConsumer } from './worker/message-consumer.js';
import { QueueControlSync } from './worker/queue-control-sync.js';
import { processorOf, type QueueProcessor } from './worker/queue-processor.js';
import { queueProcessors, QueueWorkers } from './worker/queue-workers.js';
import { RunningJobs } from './worker/running-jobs.js';
import { type BackgroundTask, backgroundTasks, WorkerRunner } from './worker/worker-runner.js';

/** Enqueues jobs: for every process. */
@Module({ providers: [JobsService, OutboxNotifier], exports: [JobsService, OutboxNotifier] })
export class QueueModule {}

/** Changes what is enqueued: for modules/jobs. */
@Module({
  imports: [QueueModule],
  providers: [DeadLetterAdmin, JobReader, OperationAdmin, QueueAdmin],
  exports: [DeadLetterAdmin, JobReader, OperationAdmin, QueueAdmin],
})
export class QueueAdminModule {}

/** They start in this order. Workers fetch nothing before QueueControlSync has looked. */
const tasks = [QueueControlSync, OutboxRelay, LostMessageRecovery, FailedJobSweep, RunningJobs];

/** Does jobs: for the worker. */
@Module({})
export class QueueWorkerModule {
  /** To be called when every file `<subject>.jobs.ts` is loaded: each queue that a declared job names gets a worker. */
  static forRoot(config: Config): DynamicModule {
    const processors = declaredQueues().map((queue) => processorOf(queue, config));
    return {
      module: QueueWorkerModule,
      imports: [QueueModule, FilesModule, DiscoveryModule, WorkerHeartbeatModule, BullQueuesModule.forRoot()],
      providers: [
        WorkerRunner,
        QueueWorkers,
        ...tasks,
        { provide: backgroundTasks, inject: tasks, useFactory: (...all: BackgroundTask[]) => all },
        ...processors,
        { provide: queueProcessors, inject: processors, useFactory: (...all: QueueProcessor[]) => all },
        MessageDispatcher,
        MessageConsumer,
        JobHandlers,
        JobExecutor,
        JobCompleter,
        OperationStore,
        DeadLetterStore,
        Scheduler,
        ScheduleRegistry,
        ScheduleWatchdog,
        RetentionProcessor,
      ],
    };
  }
}
