import { Injectable, Logger } from '@nestjs/common';
import { type Database, databaseProblem } from '#libs/database';
import { JobFailed } from '../outbox/job-problems.js';
import { findJob } from '../outbox/job-definition.js';
import type { JobHeaders } from '../outbox/jobs.service.js';
import type { JobQueue } from '../bullmq/queues.js';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { describeError } from '#libs/observability';
import { originOf } from '../outbox/message.js';
import type { DispatchedMessage } from './outbox-batch.js';
import { requeue } from '../outbox/dispatched-messages.js';

/** Milliseconds. A queue that is slower than this is taken for one that does not answer. */
const deadline = 5000;

/** Times a queue may refuse a message, with 1, 4, 9 and 16 s between them. */
const maxRefusals = 5;

/** Runs of a job whose definition this release does not know; the worker that knows it decides about everything else. */
const unknownJobAttempts = 8;

class QueueSilent extends Error {
  override readonly name = 'QueueSilent';
}

/** Gives messages to BullMQ in one call, and finds the one that spoils it when the call is refused. */
@Injectable()
export class MessageDispatcher {
  readonly #log = new Logger('Jobs');

  constructor(private readonly deadLetters: DeadLetterStore) {}

  /** Rejects when the queue does not answer: which of the messages it has is not known then, and the caller puts all of them back. */
  async dispatch(db: Database, queue: JobQueue, rows: DispatchedMessage[]): Promise<void> {
    try {
      await withinDeadline(queue.addBulk(rows.sort(byAge).map(toJob)));
    } catch (error) {
      if (isOutage(error)) throw error;
      if (rows.length === 1) return this.#refuse(db, rows[0]!, error);
      const middle = rows.length >> 1;
      await this.dispatch(db, queue, rows.slice(0, middle));
      await this.dispatch(db, queue, rows.slice(middle));
    }
  }

  /** Back into the outbox for later, or to the dead letters. */
  async #refuse(db: Database, row: DispatchedMessage, error: unknown): Promise<void> {
    const attempts = row.attempts + 1;
    const reason = describeError(error);
    this.#log.error(
      `${row.name} ${row.id} is refused by its queue, ${attempts} of ${maxRefusals}: ${reason}`,
    );
    if (attempts < maxRefusals) {
      await requeue(db, [row.id], { error: reason.slice(0, 200), waitSeconds: attempts ** 2 });
      return;
    }
    const headers = row.headers as unknown as JobHeaders;
    const message = { ...row, headers, originId: originOf(row.id, headers), attempts: 0 };
    await this.deadLetters.moveToDeadLetters(message, new JobFailed('Its queue refused it.'));
  }
}

/** UUIDv7 sorts by time, and INSERT returns its rows in any order. */
function byAge(a: DispatchedMessage, b: DispatchedMessage): number {
  return a.id < b.id ? -1 : 1;
}

function toJob({ id, name, version, payload, headers }: DispatchedMessage) {
  return {
    name,
    data: { version, headers: headers as unknown as JobHeaders, payload },
    // The message id is the job id: adding a message a second time changes nothing while the first is kept.
    opts: {
      jobId: id,
      attempts: findJob(name)?.attempts ?? unknownJobAttempts,
      backoff: { type: 'full-jitter' },
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

/** True when it says nothing about the message: no answer, no connection, or a Redis that takes no writes. */
function isOutage(error: unknown): boolean {
  if (error instanceof QueueSilent || databaseProblem(error)?.kind === 'unavailable') return true;
  const { name, code = '', message = '' } = error as { name?: string; code?: string; message?: string };
  if (name === 'MaxRetriesPerRequestError' || /^E[A-Z]+$/.test(code) || /connection is closed/i.test(message))
    return true;
  return name === 'ReplyError' && !message.startsWith('ERR ');
}
