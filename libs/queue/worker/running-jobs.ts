import { Injectable, Logger } from '@nestjs/common';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { countStuck } from '../metrics/queue-metrics.js';
import type { Message } from '../outbox/message.js';
import { operations } from '../queue.schema.js';
import { endProcess } from './end-process.js';

/** Milliseconds between two looks for cancelled operations: with the second that a handler needs, under two. */
const cancelPollEvery = 1000;

/**
 * Milliseconds that a handler has to return after its signal aborted; then its attempt counts as over. A stop waits that long
 * after the drain.
 */
const abortGrace = 2000;

/** Why an attempt was stopped from outside. */
export class AttemptAborted extends Error {
  override readonly name = 'AbortError';
  constructor(readonly reason: 'timed-out' | 'cancelled' | 'stopping' | 'lock-lost') {
    super(`The attempt was aborted: ${reason}.`);
  }
}

interface RunningJob {
  controller: AbortController;
  /** Undefined for a job that nobody can cancel. */
  operationId: string | undefined;
}

/** The jobs that this process runs, and everything that can stop one. */
@Injectable()
export class RunningJobs {
  readonly #log = new Logger(RunningJobs.name);
  readonly #running = new Map<string, RunningJob>();
  readonly #cancellations = new PeriodicTask(RunningJobs.name, async () => {
    await this.#abortCancelled();
    return cancelPollEvery;
  });

  constructor(
    private readonly db: Database,
    private readonly config: Config,
  ) {}

  /** From now on, running operations that a client cancels are aborted. */
  start(): void {
    this.#cancellations.start();
  }

  stop(): Promise<void> {
    return this.#cancellations.stop();
  }

  /**
   * Runs work with a signal that aborts after `timeoutMs` or by {@link abort}. Work that does not return then is left behind.
   * Rejects with {@link AttemptAborted} when the signal aborted.
   */
  async track<R>(
    { id, originId, name }: Pick<Message, 'id' | 'originId' | 'name'>,
    { timeoutMs, operation }: { timeoutMs: number; operation: boolean },
    work: (signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    const job = { controller: new AbortController(), operationId: operation ? originId : undefined };
    const { controller } = job;
    const timeout = setTimeout(() => controller.abort(new AttemptAborted('timed-out')), timeoutMs);
    this.#running.set(id, job);
    try {
      const working = work(controller.signal);
      this.#watchForStuck({ id, name }, working, controller.signal);
      return await orLeave(working, controller.signal);
    } catch (error) {
      // Whatever a handler throws after its signal aborted, the abortion is the reason.
      throw controller.signal.aborted ? controller.signal.reason : error;
    } finally {
      clearTimeout(timeout);
      // A job whose lock was lost may have come back to this very process.
      if (this.#running.get(id) === job) this.#running.delete(id);
    }
  }

  abort(id: string, reason: AttemptAborted['reason']): void {
    this.#running.get(id)?.controller.abort(new AttemptAborted(reason));
  }

  abortAll(reason: AttemptAborted['reason']): void {
    for (const id of this.#running.keys()) this.abort(id, reason);
  }

  /**
   * A handler that still runs when its abortion is as long ago as the lock of a silent worker lasts will not stop by itself, and only
   * the end of the process stops it. Its memory and its connection are written off: the process finishes what else it has, and ends.
   */
  #watchForStuck(
    { id, name }: Pick<Message, 'id' | 'name'>,
    working: Promise<unknown>,
    signal: AbortSignal,
  ): void {
    const stuckAfter = this.config.JOB_LOCK_MS;
    let hasReturned = false;
    const returned = () => void (hasReturned = true);
    working.then(returned, returned);
    const endIfStuck = () => {
      if (hasReturned) return;
      const { reason } = signal.reason as AttemptAborted;
      this.#log.error(
        `The handler of ${id} is stuck: ${stuckAfter / 1000} s after it was aborted (${reason}) it still runs.`,
      );
      countStuck({ job: name, reason });
      endProcess(`A handler is stuck, of job ${id}.`);
    };
    signal.addEventListener('abort', () => void setTimeout(endIfStuck, stuckAfter).unref());
  }

  async #abortCancelled(): Promise<void> {
    const byOperation = new Map<string, string>();
    for (const [id, { operationId }] of this.#running) if (operationId) byOperation.set(operationId, id);
    for (const { id } of await this.#markCancelled([...byOperation.keys()]))
      this.abort(byOperation.get(id)!, 'cancelled');
  }

  /** The state changes first: from then on no step and no result of the attempt is accepted. */
  async #markCancelled(ids: string[]): Promise<{ id: string }[]> {
    if (ids.length === 0) return [];
    return this.db.conn
      .update(operations)
      .set({ state: 'cancelled', finishedAt: sql`now()`, updatedAt: sql`now()` })
      .where(
        and(
          inArray(operations.id, ids),
          eq(operations.state, 'running'),
          isNotNull(operations.cancelRequestedAt),
        ),
      )
      .returning({ id: operations.id });
  }
}

/** Ends as the work does; when the signal aborts and the grace passes first, it rejects with the reason of the signal. */
async function orLeave<R>(work: Promise<R>, signal: AbortSignal): Promise<R> {
  let grace: NodeJS.Timeout | undefined;
  const left = new Promise<never>((_, reject) => {
    const leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', () => (grace = setTimeout(leave, abortGrace)));
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    clearTimeout(grace);
  }
}
