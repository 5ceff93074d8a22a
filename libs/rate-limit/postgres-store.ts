import { Logger } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { intervalOf, type LimitStore, type Quota, type Taken } from './limit-store.js';
import { rateLimits } from './rate-limit.schema.js';

/** Milliseconds. A row in the past means the same as no row, so the sweep only keeps the table small. */
const sweepEveryMs = 60_000;

/** Rows of one deletion. It holds locks for a few milliseconds, and a request waits for one of them at most. */
const sweepLimit = 10_000;

/** The default store. One upsert locks the rows, so that no two processes grant the same request. */
export class PostgresStore implements LimitStore {
  readonly #log = new Logger(PostgresStore.name);
  readonly #take;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: Database) {
    this.#take = prepareTake(db);
  }

  async take(quota: Quota, asked: ReadonlyMap<string, number>): Promise<Map<string, Taken>> {
    const rows = await this.#take.execute({
      keys: [...asked.keys()],
      hits: [...asked.values()],
      limit: quota.limit,
      interval: intervalOf(quota),
    });
    return new Map(rows.map(({ key, granted, levelUs }) => [key, { granted, levelUs }]));
  }

  async refund(quota: Quota, key: string, requests: number): Promise<void> {
    const granted = sql`${requests}::int * ${intervalOf(quota)}::bigint * interval '1 microsecond'`;
    await this.db.conn
      .update(rateLimits)
      .set({ tat: sql`${rateLimits.tat} - ${granted}` })
      .where(eq(rateLimits.key, key));
  }

  async open(): Promise<void> {
    this.#timer = setInterval(() => {
      this.sweep().catch((error: unknown) => this.#log.warn('The sweep of rate limits failed.', error));
    }, sweepEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  /** Deletes the rows that have no effect any more. Processes that sweep at once share the work. */
  async sweep(): Promise<void> {
    // The sweep is a minute late, so that callers who come back every few seconds keep their row.
    await this.db.conn.execute(sql`delete from ${rateLimits} where ${rateLimits.key} in (
      select ${rateLimits.key} from ${rateLimits} where ${rateLimits.tat} < now() - interval '1 minute'
      limit ${sweepLimit} for update skip locked)`);
  }
}

/**
 * Prepares the statement of `take`. It uses the time of the statement and not of each row: when it waits for a lock, this time
 * lies in the past, which can refuse one request too many but never grant one too many.
 */
function prepareTake(db: Database) {
  const limit = sql`${sql.placeholder('limit')}::int`;
  const interval = sql`${sql.placeholder('interval')}::bigint`;
  const level = sql`greatest(${rateLimits.tat} - statement_timestamp(), interval '0')`;
  const levelUs = sql<number>`(extract(epoch from ${level}) * 1000000)::float8`;
  // Overlapping statements may apply in another order than that of their times, so one may find the row a moment in the
  // future. Half an interval of slack keeps it from granting one request too few; the count stays exact.
  const slack = sql`0.5`;
  const granted = sql`least(excluded.granted, greatest(0, ${limit} - ceil(extract(epoch from ${level}) * 1000000 / ${interval} - ${slack})::int))`;
  return (
    db.conn
      .insert(rateLimits)
      // The rows are sorted by key: otherwise two processes with the same callers could lock them crosswise.
      .select(
        sql`select key, statement_timestamp() + granted * ${interval} * interval '1 microsecond', granted
          from unnest(${sql.placeholder('keys')}::text[], ${sql.placeholder('hits')}::int[]) as asked (key, hits),
            least(hits, ${limit}) as granted
          order by key`,
      )
      .onConflictDoUpdate({
        target: rateLimits.key,
        set: {
          tat: sql`greatest(${rateLimits.tat}, statement_timestamp()) + ${granted} * ${interval} * interval '1 microsecond'`,
          granted,
        },
      })
      .returning({ key: rateLimits.key, granted: rateLimits.granted, levelUs })
      .prepare('rate_limits_take')
  );
}
