import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { describeError, withRemoteParent } from '#libs/observability';
import { Problem } from '#libs/problem';
import { JobFailed, JobUnreadable } from '../outbox/job-problems.js';
import { countEnded, countStarted, measureRun } from '../metrics/queue-metrics.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { JobExecutor } from './job-executor.js';
import { backoff, classifyFailure, type FailureAction } from './retry-policy.js';
import { JobHandlers } from './job-handlers.js';
import { type MessageData, type Message, originOf } from '../outbox/message.js';

/** Milliseconds. A job that only a newer release can read waits for a worker of that release, for a day at most. */
const newerReleaseWait = 60_000;
const newerReleasePatience = 24 * 3_600_000;

/** Milliseconds until a job comes back whose end could not be written down. */
const againAfter = 5000;

/**
 * Milliseconds for which a run that met an outage of the database keeps its place, so that a worker does not run in circles; until
 * its job comes back, at most; and the age up to which that counts as no attempt: a job may be what breaks the connections.
 */
const outagePause = 250;
const outageWait = 2000;
const outagePatience = 3_600_000;

/** The reason BullMQ keeps: a code, never a message that may carry data or characters that Postgres refuses. */
class Retry extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.stack = problem.code;
  }
}

/** Between BullMQ and the handlers: what becomes of a delivery. */
@Injectable()
export class MessageConsumer {
  readonly #log = new Logger('Jobs');
  #stopping = false;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly execution: JobExecutor,
    private readonly deadLetters: DeadLetterStore,
    private readonly config: Config,
  ) {}

  /** From now on every delivery goes back: BullMQ may still fetch one while its worker closes. */
  stop(): void {
    this.#stopping = true;
  }

  /** Resolves to acknowledge the delivery; rejects with what tells BullMQ to do something else with it. */
  async process(job: Job<MessageData>, token: string): Promise<void> {
    if (this.#stopping) return handBack(job, token);
    const message = messageOf(job);
    const work = this.handlers.find(message.name);
    if (!work || message.version > work.definition.version)
      return this.#awaitNewerRelease(job, token, message);
    const { request_id: requestId = message.id, traceparent, owner } = message.headers;
    const context = { requestId, ...(traceparent && { traceparent }), ...(owner && { ownerId: owner }) };
    const start = performance.now();
    countStarted({ job: message.name });
    try {
      const outcome = await runInContext(context, () =>
        withRemoteParent(traceparent, `process ${message.name}`, attributesOf(message), () =>
          this.execution.run(work, message),
        ),
      );
      countEnded({ job: message.name, outcome });
    } catch (error) {
      return await this.#settle(job, token, message, error);
    } finally {
      measureRun((performance.now() - start) / 1000, { job: message.name });
    }
  }

  /** Milliseconds; BullMQ asks after each failure. */
  static backoff(this: void, failures: number, _type?: string, error?: Error): number {
    return backoff(failures, error instanceof Retry ? error.problem : undefined);
  }

  /** For a job that BullMQ itself has failed, because its workers died of it: the handler never got to say so. */
  async moveToDeadLetters(job: Job<MessageData>): Promise<void> {
    await this.deadLetters.moveToDeadLetters(
      messageOf(job),
      new JobFailed('Its worker died, several times.'),
    );
  }

  async #settle(job: Job<MessageData>, token: string, message: Message, error: unknown): Promise<void> {
    const verdict = classifyFailure(error);
    const run = message.attempts + 1;
    const of = job.opts.attempts ?? 1;
    // Where the queue is in the same database it cannot take the job back either, and BullMQ keeps at writing down a failure.
    const isExcused = this.config.REDIS_URL !== undefined && ageOf(message) < outagePatience;
    const ending = endingOf(verdict, { isLast: run >= of, isExcused });
    countEnded({ job: message.name, outcome: ending });
    if (ending === 'handed-back') return handBack(job, token);
    if (!('problem' in verdict)) return;
    this.#log.warn(`${message.name} ${message.id} failed, run ${run} of ${of}: ${describeError(error)}`);
    if (ending === 'postponed') {
      await sleep(outagePause);
      return postpone(job, token, Math.ceil(Math.random() * outageWait));
    }
    if (ending === 'retried') throw new Retry(verdict.problem);
    return this.#giveUp(job, token, { ...message, attempts: run }, verdict.problem);
  }

  /** Our own record comes before BullMQ's: a crash in between repeats the burial, the other order would forget it. */
  async #giveUp(job: Job<MessageData>, token: string, message: Message, problem: Problem): Promise<never> {
    try {
      await this.deadLetters.moveToDeadLetters(message, problem);
    } catch {
      return postpone(job, token, againAfter);
    }
    this.#log.error(`${message.name} ${message.id} is given up: ${problem.code}`);
    throw new UnrecoverableError(problem.code);
  }

  async #awaitNewerRelease(job: Job<MessageData>, token: string, message: Message): Promise<never> {
    if (ageOf(message) < newerReleasePatience) return postpone(job, token, newerReleaseWait);
    return this.#giveUp(job, token, message, new JobUnreadable('No release that runs here knows it.'));
  }
}

/** What a run that did not succeed ends in, as `jobs.ended` tells it. */
function endingOf({ kind }: FailureAction, { isLast, isExcused }: { isLast: boolean; isExcused: boolean }) {
  if (kind === 'cancelled' || kind === 'lost') return kind;
  if (kind === 'hand-back') return 'handed-back';
  if (kind === 'outage' && isExcused) return 'postponed';
  return kind === 'give-up' || isLast ? 'given-up' : 'retried';
}

/** Milliseconds since it was promised. */
function ageOf({ headers }: Message): number {
  return Date.now() - Date.parse(headers.enqueued_at);
}

/** OpenTelemetry semantic conventions for messaging. */
function attributesOf({ id, queue }: Message) {
  return {
    'messaging.system': 'bullmq',
    'messaging.operation.type': 'process',
    'messaging.destination.name': queue,
    'messaging.message.id': id,
  };
}

function messageOf({ id = '', queueName, name, data, attemptsMade }: Job<MessageData>): Message {
  return {
    ...data,
    id,
    originId: originOf(id, data.headers),
    queue: queueName,
    name,
    attempts: attemptsMade,
  };
}

/** Back to the front of the line; counts as no attempt. */
async function handBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

async function postpone(job: Job, token: string, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}
