import { isDeepStrictEqual } from 'node:util';
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { storableJson } from '../outbox/payload.js';
import { operations } from '../queue.schema.js';
import { type JobRun, StaleAttemptError, type StepProgress } from './job-run.js';

/** Milliseconds: a person who watches sees no difference below it, and the row is not rewritten for every item. */
const progressEvery = 500;

/** The claim of an operation by one attempt. */
export interface Lease {
  /** Fencing token. */
  attempt: number;
  checkpoint: unknown;
}

export interface AttemptOptions<T> extends Pick<JobRun<T>, 'id' | 'data' | 'ownerId' | 'attempt' | 'signal'> {
  /** Undefined for a job that is no operation. */
  lease: Lease | undefined;
  stage: JobRun<T>['stage'];
  /** Called after a step was committed whose checkpoint differs from the one before it. */
  onCheckpoint: (() => Promise<void>) | undefined;
}

/** One attempt at one job. Steps and progress write to its operation for as long as it holds the lease. */
export class JobAttempt<T> implements JobRun<T> {
  readonly id: string;
  readonly data: T;
  readonly ownerId: string | undefined;
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly stage: JobRun<T>['stage'];
  readonly #lease: Lease | undefined;
  readonly #onCheckpoint: (() => Promise<void>) | undefined;
  #shownAt = -Infinity;

  constructor(
    private readonly db: Database,
    { id, data, ownerId, attempt, signal, lease, stage, onCheckpoint }: AttemptOptions<T>,
  ) {
    this.id = id;
    this.data = data;
    this.ownerId = ownerId;
    this.attempt = attempt;
    this.signal = signal;
    this.#lease = lease;
    this.stage = (content, options) => {
      this.#requireLease();
      return stage(content, options);
    };
    this.#onCheckpoint = onCheckpoint;
  }

  checkpoint<C>(): C | undefined {
    return (this.#lease?.checkpoint ?? undefined) as C | undefined;
  }

  async step<R>(work: () => Promise<R>, progress: StepProgress | ((result: R) => StepProgress)): Promise<R> {
    const lease = this.#requireLease();
    if (this.db.inTransaction)
      throw new Error('A step is a transaction of its own: declare the job with transactional: false.');
    this.signal.throwIfAborted();
    const [result, checkpoint] = await this.db.transaction(async () => {
      const done = await work();
      const next = typeof progress === 'function' ? progress(done) : progress;
      const stored = sql`${storableJson(next.checkpoint)}::jsonb`;
      await this.#write(lease, { checkpoint: stored, done: next.done, total: next.total });
      return [done, next.checkpoint] as const;
    });
    const isNew = !isDeepStrictEqual(lease.checkpoint, checkpoint);
    lease.checkpoint = checkpoint;
    if (isNew) await this.#onCheckpoint?.();
    return result;
  }

  async progress(done: number, total?: number): Promise<void> {
    const lease = this.#requireLease();
    if (this.db.inTransaction)
      throw new Error('Progress inside a transaction would be seen only when it is over.');
    if (performance.now() - this.#shownAt < progressEvery) return;
    this.#shownAt = performance.now();
    await this.#write(lease, { done, total });
  }

  #requireLease(): Lease {
    if (!this.#lease)
      throw new Error(
        'Only an operation has steps, progress and files: declare the job with operation: true.',
      );
    return this.#lease;
  }

  async #write(
    { attempt }: Lease,
    values: Pick<Partial<typeof operations.$inferInsert>, 'done' | 'total'> & { checkpoint?: unknown },
  ) {
    const { rowCount } = await this.db.conn
      .update(operations)
      .set({ ...values, updatedAt: sql`now()` })
      .where(
        and(eq(operations.id, this.id), eq(operations.attempt, attempt), eq(operations.state, 'running')),
      );
    if (rowCount !== 1) throw new StaleAttemptError();
  }
}
