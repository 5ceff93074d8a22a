import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { assertMigrated, Database, NotMigrated } from '#libs/database';
import type { HealthCheck } from './health-check.js';

/** Where the migrations are; every process runs in the root of the installation. */
const migrations = 'drizzle';

/** Milliseconds, shorter than the second or so that a balancer waits for a probe. */
const pingTimeoutMs = 900;

/** The database answers and has the schema of this release. */
@Injectable()
export class PostgresCheck implements HealthCheck {
  #isMigrated = false;

  constructor(
    private readonly db: Database,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('postgres');
    const started = performance.now();
    try {
      await withDeadline(this.#ping(), pingTimeoutMs);
      const { totalCount: open, idleCount: idle, waitingCount: waiting } = this.db.pool;
      return indicator.up({ ms: Math.round(performance.now() - started), pool: { open, idle, waiting } });
    } catch (error) {
      return indicator.down({
        reason: error instanceof NotMigrated ? 'migrations are pending' : 'it does not answer',
      });
    }
  }

  async #ping(): Promise<void> {
    const client = await this.db.pool.connect();
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
  }
}

async function withDeadline(work: Promise<void>, ms: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('The deadline has passed.')), ms);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
