import { Inject, Injectable, Logger } from '@nestjs/common';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { operations } from '../outbox/queue.schema.js';
import { countStuck } from '../metrics/queue-metrics.js';
import { endProcess } from './end-process.js';
import type { Message } from '../outbox/message.js';

/** Milliseconds between two looks for cancelled operations: with the second the handler needs, under two. */
const cancelPollEvery = 1000;

/** Milliseconds a handler has to come back after its signal aborted; then its run counts as over. A stop waits that long after the drain. */
const abortGrace = 2000;

/** Why a run was stopped from outside. */
export class RunAborted extends Error {
  override readonly name = 'AbortError';
  constructor(readonly reason: 'timed-out' | 'cancelled' | 'stopping' | 'lock-lost') {
    super(`The run was aborted: ${reason}.`);
  }
}

interface Tracked {
  controller: AbortController;
  /** Nothing when nobody can cancel it. */
  operationId: string | undefined;
}

/** The runs of this process, and everything that can stop one. */
@Injectable()
export class RunningJobs {
  readonly #log = new Logger(RunningJobs.name);
  readonly #runs = new Map<string, Tracked>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly config: Config,
  ) {}

  /**
   * Runs work with a signal that aborts after `timeoutMs` or by {@link abort}. When work does not come back
   * then, it is left behind. Rejects with {@link RunAborted} when the run was stopped.
   */
  async track<R>(
    { id, originId, name }: Pick<Message, 'id' | 'originId' | 'name'>,
    { timeoutMs, operation }: { timeoutMs: number; operation: boolean },
    work: (signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    const run = { controller: new AbortController(), operationId: operation ? originId : undefined };
    const { controller } = run;
    const timeout = setTimeout(() => controller.abort(new RunAborted('timed-out')), timeoutMs);
    this.#runs.set(id, run);
    if (operation) this.#watchCancellations();
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
      if (this.#runs.get(id) === run) this.#runs.delete(id);
    }
  }

  abort(id: string, reason: RunAborted['reason']): void {
    this.#runs.get(id)?.controller.abort(new RunAborted(reason));
  }

  abortAll(reason: RunAborted['reason']): void {
    for (const id of this.#runs.keys()) this.abort(id, reason);
  }

  /**
   * A handler that is at work as long after its abortion as a silent worker is waited for will not stop by itself, and only the
   * end of the process stops it. What it holds on to (memory, a connection) is written off: the process drains what else it
   * has, and ends.
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
    const look = () => {
      if (hasReturned) return;
      const { reason } = signal.reason as RunAborted;
      this.#log.error(
        `The handler of ${id} is stuck: ${stuckAfter / 1000} s after it was aborted (${reason}) it still runs.`,
      );
      countStuck({ job: name, reason });
      endProcess(`A handler is stuck, of job ${id}.`);
    };
    signal.addEventListener('abort', () => void setTimeout(look, stuckAfter).unref());
  }

  #watchCancellations(): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => void this.#abortCancelled(), cancelPollEvery).unref();
  }

  async #abortCancelled(): Promise<void> {
    const running = new Map([...this.#runs].map(([id, { operationId }]) => [operationId, id]));
    running.delete(undefined);
    const ids = [...running.keys()] as string[];
    try {
      for (const { id } of await this.#markCancelled(ids)) this.abort(running.get(id)!, 'cancelled');
    } catch {
      this.#log.warn('Cancellations cannot be read at the moment; the next look is in a second.');
    }
    this.#timer = undefined;
    if (ids.length > 0) this.#watchCancellations();
  }

  /** The state changes first: from then on no step and no result of the run is accepted. */
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

/** The work, or after the abortion and the grace the reason of it. */
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
