import { createPool, Database, RetentionService } from '#libs/database';
import { TcpProxy } from '#libs/testing';
import { JobsService } from '../outbox/jobs.service.js';
import { OutboxNotifier } from '../outbox/outbox-notifier.js';
import { ScheduleRegistry } from '../schedules/schedule-registry.js';
import { ScheduleWatchdog } from '../schedules/schedule-watchdog.js';
import { Scheduler } from '../schedules/scheduler.js';
import { WorkerHeartbeat } from '../worker-heartbeat.js';

/** The scheduler of a worker without the rest, with connections of its own that a test can cut. */
export class TestScheduler {
  /** Not started yet. */
  static async create(url: string): Promise<TestScheduler> {
    const proxy = await TcpProxy.to(url);
    return new TestScheduler(proxy, new Database(createPool(proxy.through(url), { role: 'worker', max: 2 })));
  }

  readonly heartbeat = new WorkerHeartbeat();
  readonly registry: ScheduleRegistry;
  readonly #scheduler: Scheduler;

  private constructor(
    readonly proxy: TcpProxy,
    private readonly db: Database,
  ) {
    this.registry = new ScheduleRegistry(db, new RetentionService(db));
    const jobs = new JobsService(db, new OutboxNotifier(db));
    const watchdog = new ScheduleWatchdog(db);
    this.#scheduler = new Scheduler(db, jobs, this.registry, watchdog, this.heartbeat);
  }

  start(): this {
    this.#scheduler.onApplicationBootstrap();
    return this;
  }

  /** Ends it wherever it is: for the database that is what a kill looks like. */
  async kill(): Promise<void> {
    this.#scheduler.onModuleDestroy();
    await this.proxy.down();
    await this.stop();
  }

  async stop(): Promise<void> {
    await this.#scheduler.beforeApplicationShutdown();
    await this.db.pool.end();
    await this.proxy.down();
  }
}
