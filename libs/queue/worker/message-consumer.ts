import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { isConnectionLost } from '#libs/database';
import {
  currentTraceId,
  describeError,
  describeOutcome,
  inConsumerSpan,
  recordFailure,
} from '#libs/observability';
import { Problem } from '#libs/problem';
import { countEnded } from '../metrics/queue-metrics.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { JobFailed, JobUnreadable } from '../outbox/job-problems.js';
import { type Message, type MessageData, messagingAttributes, originOf } from '../outbox/message.js';
import { beginAttempt } from './attempt-meter.js';
import { JobExecutor } from './job-executor.js';
import { type HandledJob, JobHandlers } from './job-handlers.js';
import { backoff, classifyFailure, type FailureAction } from './retry-policy.js';

/** Milliseconds. A job that only a newer release can read waits for a worker of that release, for a day at most. */
const newerReleaseWait = 60_000;
const newerReleasePatience = 24 * 3_600_000;

/** Milliseconds until a job comes back that could not be made a dead letter. */
const retryDeadLetterAfter = 5000;

/**
 * Milliseconds for which an attempt that met an outage of the database keeps its place, so that a worker does not run in circles; until
 * its job comes back, at most; and the age up to which that counts as no attempt: a job may be what breaks the connections.
 */
const outagePause = 250;
const outageWait = 2000;
const outagePatience = 3_600_000;

/**
 * Milliseconds since it was enqueued after which an attempt is a trace of its own, linked to the first: the usual ladder of retries
 * is over by then, and so is the trace for whoever looks at it.
 */
const traceLasts = 15 * 60_000;

/** The number of workers that a job may kill without a new checkpoint in between; then the job is taken for the cause. */
const maxDeaths = 5;

/** The reason that BullMQ keeps: a code, never a message that may carry data or characters that Postgres refuses. */
class Retry extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
    this.stack = problem.code;
  }
}

class WorkersDied extends JobFailed {
  constructor() {
    super('Its worker died, several times.');
  }
}

/** Stands between BullMQ and the handlers: decides what becomes of a delivery. */
@Injectable()
export class MessageConsumer implements OnModuleDestroy {
  readonly #log = new Logger(MessageConsumer.name);
  #isStopping = false;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly executor: JobExecutor,
    private readonly deadLetters: DeadLetterStore,
    private readonly config: Config,
  ) {}

  /** From now on every delivery goes back: BullMQ may still fetch one while its worker closes. */
  onModuleDestroy(): void {
    this.#isStopping = true;
  }

  /** Resolves to acknowledge the delivery. Rejects with the error that tells BullMQ to do something else with it. */
  async process(job: Job<MessageData>, token: string): Promise<void> {
    if (this.#isStopping) return release(job, token);
    const message = messageOf(job);
    if (deathsSinceCheckpoint(job) > maxDeaths) return this.#fail(job, token, message, new WorkersDied());
    const handled = this.handlers.find(message.name);
    if (!handled || message.version > handled.definition.version)
      return this.#awaitNewerRelease(job, token, message);
    const { request_id: requestId = message.id, traceparent, owner } = message.headers;
    const usage = { statements: 0, databaseSeconds: 0 };
    const context = {
      requestId,
      ...(traceparent && { traceparent }),
      ...(owner && { ownerId: owner }),
      usage,
    };
    const origin = { traceparent, isLate: isLate(message) };
    await runInContext(context, () =>
      inConsumerSpan(`process ${message.name}`, attributesOf(message), origin, async () => {
        const end = beginAttempt(job, usage);
        await this.#attempt(handled, job, token, message).finally(end);
      }),
    );
  }

  async #attempt(handled: HandledJob, job: Job<MessageData>, token: string, message: Message): Promise<void> {
    const start = performance.now();
    let outcome;
    try {
      outcome = await this.executor.execute(handled, message, () => rememberDeaths(job));
    } catch (error) {
      return await this.#handleFailure(job, token, message, error, start);
    }
    this.#end(message, outcome, start);
  }

  /** Counts the attempt and logs one line for it, as the API does for each request. */
  #end(message: Message, outcome: string, start: number, error?: unknown): void {
    countEnded({ job: message.name, outcome });
    describeOutcome(outcome, error);
    const fields = {
      job: message.name,
      job_id: message.originId,
      attempt: message.attempts + 1,
      outcome,
      duration_ms: Math.round((performance.now() - start) * 100) / 100,
    };
    if (error === undefined) this.#log.log(fields, 'job');
    else this.#log.warn({ ...fields, reason: describeError(error) }, 'job');
  }

  /** Milliseconds; BullMQ asks after each failure. */
  static backoff(this: void, failures: number, _type?: string, error?: Error): number {
    return backoff(failures, error instanceof Retry ? error.problem : undefined);
  }

  /** For a job that BullMQ itself gave up, as it did in releases that left the count of dead workers to it. */
  async moveToDeadLetters(job: Job<MessageData>): Promise<void> {
    await this.deadLetters.moveToDeadLetters(messageOf(job), new WorkersDied());
  }

  async #handleFailure(
    job: Job<MessageData>,
    token: string,
    message: Message,
    error: unknown,
    start: number,
  ): Promise<void> {
    const action = classifyFailure(error);
    const attempt = message.attempts + 1;
    const attempts = job.opts.attempts ?? 1;
    // A queue in a database that is away cannot take the job back either, and BullMQ keeps at writing down a failure.
    const canTakeBack = this.config.REDIS_URL !== undefined || !isConnectionLost(error);
    const isExcused = canTakeBack && ageOf(message) < outagePatience;
    const outcome = outcomeOf(action, { isLast: attempt >= attempts, isExcused });
    this.#end(message, outcome, start, 'problem' in action ? error : undefined);
    if (outcome === 'released') return release(job, token);
    if (!('problem' in action)) return;
    if (outcome === 'snoozed') {
      await sleep(outagePause);
      return snooze(job, token, Math.ceil(Math.random() * outageWait));
    }
    const { owner: userId, request_id: requestId } = message.headers;
    const traceId = currentTraceId();
    recordFailure({ source: 'job', name: message.name, error, userId, requestId, traceId });
    if (outcome === 'retried') throw new Retry(action.problem);
    return this.#fail(job, token, { ...message, attempts: attempt }, action.problem);
  }

  /** The dead letter comes before BullMQ's own record: a crash in between repeats it, the other order would forget it. */
  async #fail(job: Job<MessageData>, token: string, message: Message, problem: Problem): Promise<never> {
    try {
      await this.deadLetters.moveToDeadLetters(message, problem);
    } catch {
      return snooze(job, token, retryDeadLetterAfter);
    }
    this.#log.error(`${message.name} ${message.id} is a dead letter now: ${problem.code}`);
    throw new UnrecoverableError(problem.code);
  }

  async #awaitNewerRelease(job: Job<MessageData>, token: string, message: Message): Promise<never> {
    if (ageOf(message) < newerReleasePatience) return snooze(job, token, newerReleaseWait);
    return this.#fail(job, token, message, new JobUnreadable('No release that runs here knows it.'));
  }
}

/** BullMQ counts the deaths; as the progress of a job it keeps how many of them came before the last checkpoint. */
function deathsSinceCheckpoint({ stalledCounter, progress }: Job): number {
  return stalledCounter - (typeof progress === 'number' ? progress : 0);
}

/** Remembers that the deaths so far came before a checkpoint. When this fails, the next checkpoint tries again. */
async function rememberDeaths(job: Job): Promise<void> {
  const { progress } = job;
  if (deathsSinceCheckpoint(job) === 0) return;
  try {
    await job.updateProgress(job.stalledCounter);
  } catch {
    job.progress = progress;
  }
}

/** The outcome of an attempt that did not succeed, as `jobs.ended` tells it. */
function outcomeOf({ kind }: FailureAction, { isLast, isExcused }: { isLast: boolean; isExcused: boolean }) {
  if (kind === 'cancelled' || kind === 'stale') return kind;
  if (kind === 'release') return 'released';
  if (kind === 'outage' && isExcused) return 'snoozed';
  return kind === 'fail' || isLast ? 'failed' : 'retried';
}

/** Milliseconds since the job was enqueued. */
function ageOf({ headers }: Message): number {
  return Date.now() - Date.parse(headers.enqueued_at);
}

/** Whether the attempt is too late for the trace in which its job was enqueued. What an operator redrives is later than that. */
function isLate(message: Message): boolean {
  return message.headers.redriven_from !== undefined || ageOf(message) > traceLasts;
}

function attributesOf({ id, originId, queue, name, attempts }: Message) {
  return {
    ...messagingAttributes('process', queue),
    'messaging.message.id': id,
    'mainstay.job.name': name,
    'mainstay.job.id': originId,
    'mainstay.job.attempt': attempts + 1,
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

/** Puts the job back at the front of its queue. That counts as no attempt. */
async function release(job: Job, token: string): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Puts the job back for some milliseconds. That counts as no attempt. */
async function snooze(job: Job, token: string, waitMs: number): Promise<never> {
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}
