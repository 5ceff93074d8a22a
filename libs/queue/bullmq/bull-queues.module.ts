import { BullModule, getQueueToken } from '@nestjs/bullmq';
import { type DynamicModule, Module } from '@nestjs/common';
import { declaredQueues } from '../outbox/job-definition.js';
import { JobQueue, JobQueues } from './job-queue.js';
import { JobWorker } from './job-worker.js';
import { QueueConnection } from './queue-connection.js';

BullModule.queueClass = JobQueue;
BullModule.workerClass = JobWorker;

@Module({ providers: [QueueConnection], exports: [QueueConnection] })
class QueueConnectionModule {}

/** Registers the queues of all declared jobs with @nestjs/bullmq, so that `@InjectQueue(name)` works. */
@Module({})
export class BullQueuesModule {
  static forRoot(): DynamicModule {
    const names = declaredQueues();
    const queues = BullModule.registerQueue(...names.map((name) => ({ name })));
    return {
      module: BullQueuesModule,
      global: true,
      imports: [
        QueueConnectionModule,
        BullModule.forRootAsync({
          imports: [QueueConnectionModule],
          inject: [QueueConnection],
          useFactory: (connection: QueueConnection) => ({ connection: connection as never }),
          // WorkerRunner registers the workers when their server answers: a worker process starts without it.
          extraOptions: { manualRegistration: true },
        }),
        queues,
      ],
      providers: [
        {
          provide: JobQueues,
          inject: names.map((name) => getQueueToken(name)),
          useFactory: (...all: JobQueue[]) => new JobQueues(all),
        },
      ],
      exports: [QueueConnectionModule, queues, JobQueues],
    };
  }
}
