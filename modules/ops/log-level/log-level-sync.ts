import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { LogLevelName } from '#libs/config';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { LogLevel } from '#libs/observability';
import { type OpsOptions, opsOptions } from '../ops-options.js';
import { Sampler } from '../samples/sampler.js';
import { opsLogLevel } from './log-level.schema.js';

/** Milliseconds between two rounds: a change reaches every process within three seconds, with room for a slow answer. */
const every = 2000;

/**
 * Gives the log of this process the level that an operator chose. The decision is a row, so it also counts for a process that
 * starts later. The process knows when it is over, and goes back then even if the database is away.
 */
@Injectable()
export class LogLevelSync implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #task = new PeriodicTask(LogLevelSync.name, async () => {
    await this.follow();
    return every;
  });

  constructor(
    private readonly db: Database,
    @Inject(opsOptions) private readonly options: OpsOptions,
    private readonly sampler: Sampler,
    private readonly level: LogLevel,
  ) {}

  onApplicationBootstrap(): void {
    this.#task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#task.stop();
  }

  /** Does what the operator decided. Rejects when the database cannot tell. */
  async follow(): Promise<void> {
    const { level, target, until } = opsLogLevel;
    const own = ['all', this.options.app, this.sampler.instanceId];
    const { rows } = await this.db.conn.execute<{ level: LogLevelName; ms: number }>(sql`
      select ${level} as level, extract(epoch from ${until} - now())::float8 * 1000 as ms from ${opsLogLevel}
      where ${until} > now() and ${target} in ${own}`);
    const [change] = rows;
    if (change) this.level.change(change.level, change.ms);
    else this.level.restore();
  }
}
