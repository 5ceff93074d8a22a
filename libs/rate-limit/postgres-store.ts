import { Logger } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { intervalOf, type LimitStore, type Quota, type Taken } from './limit-store.js';
import { rateLimits } from './rate-limit.schema.js';

/** Milliseconds. A row in the past says the same as no row, so this only keeps the table small. */
const sweepEveryMs = 60_000;

/** Rows deleted at a time: a few milliseconds of locks, of which no request waits for more than one. */
const sweepLimit = 10_000;

/** The default store: one upsert, so that rows are locked in it and no two processes grant the same request. */
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

  /** Deletes rows that mean nothing any more. Processes that sweep at once share the work. */
  async sweep(): Promise<void> {
    // A minute late: callers who come back every few seconds keep their row.
    await this.db.conn.execute(sql`delete from ${rateLimits} where ${rateLimits.key} in (
      select ${rateLimits.key} from ${rateLimits} where ${rateLimits.tat} < now() - interval '1 minute'
      limit ${sweepLimit} for update skip locked)`);
  }
}

/**
 * The time is that of the statement and not of each row: should it wait for a lock, its now lies in the past, which
 * can refuse a request too many and never grant one.
 */
function prepareTake(db: Database) {
  const limit = sql`${sql.placeholder('limit')}::int`;
  const interval = sql`${sql.placeholder('interval')}::bigint`;
  const level = sql`greatest(${rateLimits.tat} - statement_timestamp(), interval '0')`;
  const levelUs = sql<number>`(extract(epoch from ${level}) * 1000000)::float8`;
  // Statements that overlap may apply in another order than their times have. Half an interval keeps one from
  // finding the row a moment in the future, and a request less than there is; what is counted stays exact.
  const slack = sql`0.5`;
  const granted = sql`least(excluded.granted, greatest(0, ${limit} - ceil(extract(epoch from ${level}) * 1000000 / ${interval} - ${slack})::int))`;
  return (
    db.conn
      .insert(rateLimits)
      // In the order of the keys: two processes with the same callers would otherwise lock them crosswise.
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
