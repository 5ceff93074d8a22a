import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Config } from '#libs/config';
import { assertMigrated, createPool, Database, NotMigrated } from '#libs/database';
import type { HealthCheck } from './health-check.js';
import { OutageLog } from './outage-log.js';
import { SingleFlight } from './single-flight.js';

/** The folder of the migrations. Every process runs in the root of the installation. */
const migrations = 'drizzle';

/**
 * Checks that the database answers and has the schema of this release. It has a connection of its own: a busy pool is no
 * reason to take the process out of service, and a flood of probes must not make the pool busy.
 */
@Injectable()
export class PostgresCheck implements HealthCheck, OnApplicationShutdown {
  readonly #pool;
  readonly #outages = new OutageLog('Postgres');
  readonly #ping = new SingleFlight(() => this.#measure());
  #isMigrated = false;

  constructor(
    config: Config,
    private readonly db: Database,
    private readonly indicators: HealthIndicatorService,
  ) {
    this.#pool = createPool(config.DATABASE_URL, { role: 'probe', max: 1 });
  }

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('postgres');
    try {
      const ms = await this.#ping.get();
      this.#outages.passed();
      const { totalCount: open, idleCount: idle, waitingCount: waiting } = this.db.pool;
      return indicator.up({ ms, pool: { open, idle, waiting } });
    } catch (error) {
      this.#outages.failed(error);
      return indicator.down({
        reason: error instanceof NotMigrated ? 'migrations are pending' : 'it does not answer',
      });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#pool.end();
  }

  /** Returns the milliseconds that the answer took. */
  async #measure(): Promise<number> {
    const started = performance.now();
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    try {
      if (this.#isMigrated) await client.query('select 1');
      else await assertMigrated(client, migrations);
      this.#isMigrated = true;
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      client.release(failure);
    }
    return Math.round(performance.now() - started);
  }
}
