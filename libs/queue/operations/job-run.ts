import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '#libs/database';
import { storableJson } from '../outbox/payload.js';
import { operations } from '../outbox/queue.schema.js';

/** Milliseconds: a person watching sees no difference below it, and the row is not rewritten for every item. */
const progressEvery = 500;

export interface StepProgress {
  /** Where the next run goes on; any JSON. */
  checkpoint: unknown;
  done: number;
  total?: number;
}

/** What an operation leaves for its client: JSON of at most 1 MiB, or a staged file of libs/files. */
export type JobOutcome = { result: unknown } | { fileId: string };

/** One run of one job, as its handler sees it. */
export interface JobRun<T> {
  /** The same in every run of the job: the base of keys for whatever must happen once. */
  id: string;
  data: T;
  /** 1 for the first run. */
  attempt: number;
  /** The principal who promised it. */
  ownerId: string | undefined;
  /** Aborts on timeout, cancellation, shutdown and loss of the job to another worker. Pass it on, look at it in loops. */
  signal: AbortSignal;
  /** What the last completed step left, in this run or an earlier one. */
  checkpoint<C>(): C | undefined;
  /**
   * Does a part of an operation in one transaction with its checkpoint: after a crash the next run goes on
   * exactly there. Throws {@link StaleAttemptError} and undoes the part when the job was cancelled or another worker has it.
   */
  step<R>(work: () => Promise<R>, progress: StepProgress | ((result: R) => StepProgress)): Promise<R>;
  /** Shows how far an operation without steps is; at most every 500 ms, so call it freely. */
  progress(done: number, total?: number): Promise<void>;
}

/** This run may not write any more: the job was cancelled, or another worker has it. Not a failure. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
}

/** What the claim of an operation gave this run. */
export interface Lease {
  /** Fencing token. */
  attempt: number;
  checkpoint: unknown;
}

export class Run<T> implements JobRun<T> {
  #shownAt = -Infinity;

  constructor(
    private readonly db: Database,
    readonly id: string,
    readonly data: T,
    readonly ownerId: string | undefined,
    readonly attempt: number,
    readonly signal: AbortSignal,
    private readonly claim: Lease | undefined,
  ) {}

  checkpoint<C>(): C | undefined {
    return (this.claim?.checkpoint ?? undefined) as C | undefined;
  }

  async step<R>(work: () => Promise<R>, progress: StepProgress | ((result: R) => StepProgress)): Promise<R> {
    const claim = this.#operationClaim();
    if (this.db.inTransaction)
      throw new Error('A step is a transaction of its own: declare the job with transactional: false.');
    this.signal.throwIfAborted();
    const [result, checkpoint] = await this.db.transaction(async () => {
      const done = await work();
      const next = typeof progress === 'function' ? progress(done) : progress;
      const stored = sql`${storableJson(next.checkpoint)}::jsonb`;
      await this.#write(claim, { checkpoint: stored, done: next.done, total: next.total });
      return [done, next.checkpoint] as const;
    });
    claim.checkpoint = checkpoint;
    return result;
  }

  async progress(done: number, total?: number): Promise<void> {
    const claim = this.#operationClaim();
    if (this.db.inTransaction)
      throw new Error('Progress inside a transaction would be seen only when it is over.');
    if (performance.now() - this.#shownAt < progressEvery) return;
    this.#shownAt = performance.now();
    await this.#write(claim, { done, total });
  }

  #operationClaim(): Lease {
    if (!this.claim)
      throw new Error('Only an operation has steps and progress: declare the job with operation: true.');
    return this.claim;
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
    if (rowCount !== 1) throw new StaleAttemptError('The job was cancelled, or another worker has it.');
  }
}
