import { Injectable, Logger } from '@nestjs/common';
import { type Database, isIndependentOfValues } from '#libs/database';
import { describeError, inSenderSpan } from '#libs/observability';
import type { JobQueue } from '../bullmq/job-queue.js';
import { measureDispatchLag } from '../metrics/queue-metrics.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { requeue } from '../outbox/dispatched-messages.js';
import { findJob } from '../outbox/job-definition.js';
import { JobFailed } from '../outbox/job-problems.js';
import { type JobHeaders, messagingAttributes, originOf } from '../outbox/message.js';
import type { DispatchedMessage } from './outbox-batch.js';

/** Milliseconds. A queue that is slower than this counts as one that does not answer. */
const deadline = 5000;

/** Times that a queue may refuse a message, with 1, 4, 9 and 16 s between them. */
const maxRefusals = 5;

/** Attempts at a job whose definition this release does not know; the worker that knows it decides about everything else. */
const unknownJobAttempts = 8;

class QueueSilent extends Error {
  override readonly name = 'QueueSilent';
}

/** Adds messages to BullMQ in one call, and finds the one that spoils the call when the queue refuses it. */
@Injectable()
export class MessageDispatcher {
  readonly #log = new Logger(MessageDispatcher.name);

  constructor(private readonly deadLetters: DeadLetterStore) {}

  /** Rejects when the queue does not answer: which of the messages it has is not known then, and the caller puts all of them back. */
  async dispatch(db: Database, queue: JobQueue, messages: DispatchedMessage[]): Promise<void> {
    try {
      await withinDeadline(add(queue, messages.sort(byAge)));
      for (const { queue: name, lag } of messages) measureDispatchLag(lag, { queue: name });
    } catch (error) {
      if (isOutage(error)) throw error;
      if (messages.length === 1) return this.#refuse(db, messages[0]!, error);
      const middle = messages.length >> 1;
      await this.dispatch(db, queue, messages.slice(0, middle));
      await this.dispatch(db, queue, messages.slice(middle));
    }
  }

  /** Puts the message back into the outbox for later, or makes a dead letter of it. */
  async #refuse(db: Database, message: DispatchedMessage, error: unknown): Promise<void> {
    const attempts = message.attempts + 1;
    const reason = describeError(error);
    this.#log.error(
      `${message.name} ${message.id} is refused by its queue, ${attempts} of ${maxRefusals}: ${reason}`,
    );
    if (attempts < maxRefusals) {
      await requeue(db, [message.id], { error: reason.slice(0, 200), waitSeconds: attempts ** 2 });
      return;
    }
    const headers = message.headers as unknown as JobHeaders;
    await this.deadLetters.moveToDeadLetters(
      { ...message, headers, originId: originOf(message.id, headers), attempts: 0 },
      new JobFailed('Its queue refused it.'),
    );
  }
}

/** A batch has messages of many traces, so it is a trace of its own that links to them. */
function add(queue: JobQueue, messages: DispatchedMessage[]): Promise<unknown> {
  const attributes = {
    ...messagingAttributes('send', queue.name),
    'messaging.batch.message_count': messages.length,
  };
  const origins = messages.map(({ headers }) => ({ traceparent: headers.traceparent }));
  return inSenderSpan(`send ${queue.name}`, attributes, origins, () => queue.addBulk(messages.map(toJob)));
}

/** UUIDv7 sorts by time, and INSERT returns its rows in any order. */
function byAge(a: DispatchedMessage, b: DispatchedMessage): number {
  return a.id < b.id ? -1 : 1;
}

function toJob({ id, name, version, payload, headers, lag }: DispatchedMessage) {
  return {
    name,
    data: { version, headers: headers as unknown as JobHeaders, payload },
    // The message id is the job id: adding a message a second time changes nothing while the first is kept.
    opts: {
      jobId: id,
      attempts: findJob(name)?.attempts ?? unknownJobAttempts,
      backoff: { type: 'full-jitter' },
      // When the message was due, so that the consumer knows how long its job has waited.
      timestamp: Math.round(Date.now() - lag * 1000),
    },
  };
}

async function withinDeadline(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueueSilent('The queue did not answer in 5 s.')), deadline);
  });
  await Promise.race([work, silence]).finally(() => clearTimeout(timer));
}

/**
 * True for an error that says nothing about the message: no answer, no connection, a Postgres that lacks what BullMQ needs, or a Redis that
 * takes no writes.
 */
function isOutage(error: unknown): boolean {
  if (error instanceof QueueSilent || isIndependentOfValues(error)) return true;
  const { name, code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'MaxRetriesPerRequestError' || /^E[A-Z]+$/.test(code) || /connection is closed/i.test(message))
    return true;
  return name === 'ReplyError' && !/^ERR (Error running script|user_script)/.test(message);
}
