import { Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { FileStore, type StageOptions } from '#libs/files';
import type { ProblemDocument } from '#libs/problem';
import { storableJson } from '../outbox/payload.js';
import { operations } from '../queue.schema.js';
import type { Lease } from './job-attempt.js';
import { type JobOutcome, StaleAttemptError } from './job-run.js';
import { type ResultOrder, stageResult } from './result-staging.js';
import { type OperationState, statesBefore } from './operation-states.js';

/** Bytes of JSON. A result is read into memory whole; more belongs in a file. */
const maxResultBytes = 1024 * 1024;

/** How long a client may fetch a file that a job made. */
const resultFileDays = 7;

const finished = { finishedAt: sql`now()`, updatedAt: sql`now()` };

/** The changes of state of an operation, each one statement that names the states it starts from. */
@Injectable()
export class OperationStore {
  constructor(
    private readonly db: Database,
    private readonly files: FileStore,
  ) {}

  /** queued or running → running, with a new fencing token. Resolves to nothing when nothing is left to do. */
  async claim(id: string): Promise<Lease | undefined> {
    const isOpen = and(eq(operations.id, id), inArray(operations.state, statesBefore('running')));
    const [lease] = await this.db.conn
      .update(operations)
      .set({
        state: 'running',
        attempt: sql`${operations.attempt} + 1`,
        startedAt: sql`coalesce(${operations.startedAt}, now())`,
        updatedAt: sql`now()`,
      })
      .where(and(isOpen, isNull(operations.cancelRequestedAt)))
      .returning({ attempt: operations.attempt, checkpoint: operations.checkpoint });
    if (lease) return lease;
    // A client cancelled it while it ran on a worker that is gone.
    await this.#set(
      { state: 'cancelled', ...finished },
      and(isOpen, isNotNull(operations.cancelRequestedAt)),
    );
    return undefined;
  }

  /** running → queued, while it waits for its next attempt. */
  async requeue(id: string, { attempt }: Lease): Promise<void> {
    await this.#set({ state: 'queued', updatedAt: sql`now()` }, heldBy(id, attempt, 'queued'));
  }

  /** Writes the file of a result, within what its owner may have stored. */
  stage(order: ResultOrder, content: AsyncIterable<Uint8Array>, options: StageOptions) {
    return stageResult(this.db, this.files, order, content, options);
  }

  /** running → succeeded, in the transaction of the effect. Throws {@link StaleAttemptError} when the lease is another's by now. */
  async succeed(id: string, { attempt }: Lease, outcome: JobOutcome | void): Promise<void> {
    const result = outcome && 'result' in outcome ? storableJson(outcome.result) : undefined;
    if (result && Buffer.byteLength(result) > maxResultBytes)
      throw new Error('The result is over 1 MiB; stage a file.');
    const resultFileId = outcome && 'fileId' in outcome ? outcome.fileId : undefined;
    if (resultFileId) await this.files.adopt(resultFileId, { forDays: resultFileDays });
    const values = {
      state: 'succeeded' as const,
      // Progress is written only now and then; what has succeeded is done as a whole.
      done: sql`coalesce(${operations.total}, ${operations.done})`,
      result: result && sql`${result}::jsonb`,
      resultFileId,
      ...finished,
    };
    if ((await this.#set(values, heldBy(id, attempt, 'succeeded'))) !== 1) throw new StaleAttemptError();
  }

  /** queued or running → failed, or cancelled when a client asked for that meanwhile. */
  async fail(id: string, problem: ProblemDocument): Promise<void> {
    const isCancelled = sql`${operations.cancelRequestedAt} is not null`;
    await this.#set(
      {
        state: sql`case when ${isCancelled} then 'cancelled' else 'failed' end`,
        problem: sql`case when ${isCancelled} then null else ${storableJson(problem)}::jsonb end`,
        ...finished,
      },
      and(eq(operations.id, id), inArray(operations.state, statesBefore('failed'))),
    );
  }

  async #set(
    values: Parameters<ReturnType<Database['conn']['update']>['set']>[0],
    where: SQL | undefined,
  ): Promise<number> {
    const { rowCount } = await this.db.conn.update(operations).set(values).where(where);
    return rowCount ?? 0;
  }
}

function heldBy(id: string, attempt: number, next: OperationState): SQL | undefined {
  const isBefore = inArray(operations.state, statesBefore(next));
  return and(eq(operations.id, id), eq(operations.attempt, attempt), isBefore);
}
