import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { and, asc, count, inArray, sql } from 'drizzle-orm';
import { AuditLog } from '#libs/audit-log';
import { Database, newId } from '#libs/database';
import {
  deadLetters,
  findJob,
  inbox,
  type JobHeaders,
  type JobOutcome,
  type JobRun,
  JobsService,
  type PartitionedJob,
  partitionKeyOf,
  operations,
  originOf,
  outbox,
  reopenings,
  statesBefore,
  OutboxNotifier,
} from '#libs/queue';
import { type DeadLetterFilter, type Redrive, redriveDeadLetters } from './dead-letters.contract.js';
import type { RedriveOrder, RedriveRequest } from './dead-letters.contract.js';
import { matching } from './dead-letters.queries.js';

/** Letters that are counted before the answer says "or more": counting a million would take seconds. */
const countedAtMost = 10_000;

/** Letters of one transaction at most; slower rates take fewer, so that a second never sees more than its rate. */
const batch = 100;

type Letter = typeof deadLetters.$inferSelect;

interface Tally {
  redriven: number;
  /** Letters of jobs that had been done, or of operations that were cancelled: nothing was left to do. */
  settled: number;
}

/** Sends dead letters again. */
@Injectable()
export class RedrivesService {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly wakeUp: OutboxNotifier,
    private readonly audit: AuditLog,
  ) {}

  /** Counts, and unless it is a dry run promises the work: for the letters that are there now, not for what dies meanwhile. */
  request({ filter, dry_run, reason, rate_per_second }: RedriveRequest): Promise<Redrive> {
    return this.db.transaction(async () => {
      const { found, now } = await this.#survey(filter);
      const matched = Math.min(found, countedAtMost);
      const counted = { matched, is_capped: found > countedAtMost };
      if (dry_run) return counted;
      const until = filter.died_before && filter.died_before < now ? filter.died_before : now;
      const order = { filter: { ...filter, died_before: until }, rate_per_second };
      const { id } = this.jobs.enqueue(redriveDeadLetters, order);
      this.audit.record({
        action: 'dead-letters.redrive',
        target: `job:${id}`,
        reason,
        meta: { ...counted, ...order },
      });
      return { ...counted, id, state: 'queued' as const };
    });
  }

  /** Step by step: what a step has sent is no letter any more, so a run that is interrupted just goes on. */
  async run(run: JobRun<RedriveOrder>): Promise<JobOutcome> {
    const { filter, rate_per_second: rate } = run.data;
    let tally: Tally = run.checkpoint<Tally>() ?? { redriven: 0, settled: 0 };
    const total = sum(tally) + (await this.#survey(filter)).found;
    for (;;) {
      const startedAt = performance.now();
      const before = sum(tally);
      tally = await run.step(
        () => this.#redriveSome(filter, Math.min(batch, rate), tally),
        (next) => ({ checkpoint: next, done: sum(next), total: Math.max(total, sum(next)) }),
      );
      const taken = sum(tally) - before;
      if (taken === 0) return { result: tally };
      const pauseMs = (taken / rate) * 1000 - (performance.now() - startedAt);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: run.signal });
    }
  }

  /** `now` by the clock that `died_at` is written with, rounded up to the milliseconds of both. */
  async #survey(filter: DeadLetterFilter): Promise<{ found: number; now: string }> {
    const some = this.db.conn
      .select({ id: deadLetters.id })
      .from(deadLetters)
      .where(matching(filter))
      .limit(countedAtMost + 1)
      .as('some');
    const now = sql<string>`to_char(now() at time zone 'utc' + interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    const [row] = await this.db.conn.select({ found: count(), now }).from(some);
    return row!;
  }

  async #redriveSome(filter: DeadLetterFilter, limit: number, tally: Tally): Promise<Tally> {
    const some = this.db.tx
      .select({ id: deadLetters.id })
      .from(deadLetters)
      .where(matching(filter))
      .orderBy(asc(deadLetters.diedAt), asc(deadLetters.id))
      .limit(limit)
      .for('update', { skipLocked: true });
    const letters = await this.db.tx.delete(deadLetters).where(inArray(deadLetters.id, some)).returning();
    const open = await this.#reopen(await this.#settle(letters));
    await this.#promise(open);
    return {
      redriven: tally.redriven + open.length,
      settled: tally.settled + letters.length - open.length,
    };
  }

  /**
   * Closes the old messages, and returns the letters of those that were not done. A run of an old message that is
   * still alive somewhere either has committed its inbox row, then nothing is sent again, or will find ours and do nothing.
   */
  async #settle(letters: Letter[]): Promise<Letter[]> {
    if (letters.length === 0) return [];
    const closed = await this.db.tx
      .insert(inbox)
      .values(letters.map(({ id, name }) => ({ consumer: name, messageId: id })))
      .onConflictDoNothing()
      .returning({ id: inbox.messageId });
    const ids = new Set(closed.map(({ id }) => id));
    return letters.filter(({ id }) => ids.has(id));
  }

  /**
   * failed → queued, under the id its client knows: the same URL shows it waiting, running and done. It goes on at
   * its checkpoint, unless its payload was edited. Returns the letters that have something left to do.
   */
  async #reopen(letters: Letter[]): Promise<Letter[]> {
    const ofOperations = letters.filter(({ name }) => findJob(name)?.operation);
    if (ofOperations.length === 0) return letters;
    const edited = ofOperations.filter(({ version }) => version > 1).map(originOfLetter);
    const isEdited = edited.length > 0 ? inArray(operations.id, edited) : sql`false`;
    const reopened = await this.db.tx
      .update(operations)
      .set({
        state: 'queued',
        problem: null,
        finishedAt: null,
        checkpoint: sql`case when ${isEdited} then null else ${operations.checkpoint} end`,
        done: sql`case when ${isEdited} then 0 else ${operations.done} end`,
        updatedAt: sql`now()`,
      })
      .where(
        and(
          inArray(operations.id, ofOperations.map(originOfLetter)),
          inArray(operations.state, statesBefore('queued', reopenings)),
        ),
      )
      .returning({ id: operations.id });
    const ids = new Set(reopened.map(({ id }) => id));
    return letters.filter((letter) => !findJob(letter.name)?.operation || ids.has(originOfLetter(letter)));
  }

  /** Under new message ids: BullMQ may still keep the old ones, and would take the same id for a repetition. */
  async #promise(letters: Letter[]): Promise<void> {
    if (letters.length === 0) return;
    const enqueuedAt = new Date().toISOString();
    const rows = letters.map((letter) => {
      const definition = jobOf(letter);
      const { owner, ordering_key: orderingKey } = letter.headers;
      return {
        id: newId(),
        queue: definition.queue,
        name: letter.name,
        version: letter.payloadVersion,
        payload: letter.payload,
        headers: { ...letter.headers, enqueued_at: enqueuedAt, redriven_from: originOfLetter(letter) },
        partitionKey: partitionKeyOf(definition, { owner, orderingKey }),
      };
    });
    await this.db.tx.insert(outbox).values(rows);
    this.db.afterCommit(() => this.wakeUp.request());
  }
}

/** One that this release does not know stays in the queue in which it died. */
function jobOf({ name, queue }: Letter): PartitionedJob {
  return findJob(name) ?? { name, queue, maxRunningPerOwner: Infinity };
}

function originOfLetter({ id, headers }: Letter): string {
  return originOf(id, headers as Partial<JobHeaders>);
}

function sum({ redriven, settled }: Tally): number {
  return redriven + settled;
}
