import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { collectMetrics, defineCounter } from '#libs/metrics';
import { LogLevel, resourceOf, returnSlowest, takeSlowest, version } from '#libs/observability';
import { ErrorRecorder } from '../errors/error-recorder.js';
import { type OpsOptions, opsOptions } from '../ops-options.js';
import { pointsOfRequests, SampleWindow } from './sample.js';
import { opsInstances, opsSamples } from './samples.schema.js';

const countFailure = defineCounter({
  name: 'ops.sample_failures',
  unit: '{sample}',
  description: 'samples that could not be written; the next one has their figures',
  attributes: [],
});

/** Milliseconds between two samples. */
const sampleEveryMs = 10_000;

/**
 * Writes what the process measured, a row every ten seconds, with a sign of life. No request waits for it. When the database is
 * away the figures stay in memory, where they take no more room, and the next row has them: what failed meanwhile is counted.
 */
@Injectable()
export class Sampler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Of this process, in every row that it writes. */
  readonly instanceId: string;
  readonly #startedAt = new Date(Date.now() - process.uptime() * 1000);
  readonly #window = new SampleWindow();
  readonly #task = new PeriodicTask(Sampler.name, async () => {
    await this.flush();
    return sampleEveryMs;
  });

  constructor(
    private readonly db: Database,
    @Inject(opsOptions) private readonly options: OpsOptions,
    private readonly errors: ErrorRecorder,
    private readonly level: LogLevel,
  ) {
    this.instanceId = resourceOf(options.app)['service.instance.id'];
  }

  onApplicationBootstrap(): void {
    this.#task.start();
  }

  /** The last row says that the process stopped in order. A database that is away does not keep it from stopping. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#task.stop();
    await this.flush(true).catch(() => {});
  }

  /** Writes a row now, and the failures since the last one. Rejects when the database cannot take them. */
  async flush(isLast = false): Promise<void> {
    const { sample, taken } = this.#window.since(await collectMetrics());
    let slowest = takeSlowest();
    const row = { ...sample, ...pointsOfRequests(slowest) };
    const { app } = this.options;
    try {
      await this.db.conn.execute(sql`
        with alive as (
          insert into ${opsInstances} (id, app, version, host, pid, log_level, started_at, stopped_at)
          values (${this.instanceId}, ${app}, ${version()}, ${hostname()}, ${process.pid}, ${this.level.current},
            ${this.#startedAt.toISOString()}, case when ${isLast} then now() end)
          on conflict (id) do update set
            last_seen_at = now(), log_level = excluded.log_level, stopped_at = excluded.stopped_at
        )
        insert into ${opsSamples} (id, resolution, instance_id, app, metrics)
        values (${newId()}, '10s', ${this.instanceId}, ${app}, ${JSON.stringify(row)}::jsonb)`);
      taken();
      slowest = [];
      await this.errors.flush();
    } catch (error) {
      returnSlowest(slowest);
      countFailure({});
      throw error;
    }
  }
}
