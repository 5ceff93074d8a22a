import { Injectable } from '@nestjs/common';
import { Database, inlineSql, withLongStatements } from '#libs/database';
import { JobAttempt, type Lease } from '../operations/job-attempt.js';
import type { JobOutcome, JobRun } from '../operations/job-run.js';
import { OperationStore } from '../operations/operation-store.js';
import { completeIfOver, completion } from '../outbox/dispatched-messages.js';
import type { Message } from '../outbox/message.js';
import { readPayload } from '../outbox/payload-reader.js';
import { inbox } from '../queue.schema.js';
import { JobCompleter } from './job-completer.js';
import type { HandledJob } from './job-handlers.js';
import { RunningJobs } from './running-jobs.js';

/** Ends the handler of a message whose effect is there already. */
class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone';
}

/** `skipped` when nothing was left to do. */
type Done = 'succeeded' | 'skipped';

type Handle = () => Promise<JobOutcome | void>;

/** Does a job so that its effect happens once, however often its message is delivered. */
@Injectable()
export class JobExecutor {
  constructor(
    private readonly db: Database,
    private readonly operations: OperationStore,
    private readonly running: RunningJobs,
    private readonly completer: JobCompleter,
  ) {}

  /** Resolves when the job is done, by this attempt or by one before it. Rejects with what the handler threw. */
  async execute(
    { definition, handle }: HandledJob,
    message: Message,
    onCheckpoint?: () => Promise<void>,
  ): Promise<Done> {
    const data = readPayload(definition, message);
    const lease = definition.operation ? await this.operations.claim(message.originId) : undefined;
    if (definition.operation && !lease) {
      await completeIfOver(this.db, message);
      return 'skipped';
    }
    const { originId: id, headers } = message;
    const attempt = lease?.attempt ?? message.attempts + 1;
    try {
      return await this.running.track(message, definition, (signal) => {
        const order = { id, ownerId: headers.owner, attempt, definition };
        const stage: JobRun<object>['stage'] = (content, file) => this.operations.stage(order, content, file);
        const options = { ...order, data, signal, lease, stage, onCheckpoint };
        const run = new JobAttempt(this.db, options);
        return withLongStatements(() =>
          definition.transactional
            ? this.#inOneTransaction(message, lease, () => handle(run))
            : this.#inSteps(message, lease, () => handle(run)),
        );
      });
    } catch (error) {
      if (lease) await this.#release(message, lease).catch(() => {}); // The next delivery sees to it.
      throw error;
    }
  }

  /** After an attempt that did not succeed: the operation waits for the next one, unless it was cancelled. */
  async #release(message: Message, lease: Lease): Promise<void> {
    await this.operations.requeue(message.originId, lease);
    await completeIfOver(this.db, message);
  }

  /**
   * The inbox row travels with BEGIN, which goes with the first query of the handler: a second delivery waits on it for the
   * end of the first one, and then goes no further. A handler without a query has no effect to tie the row to.
   */
  async #inOneTransaction(message: Message, lease: Lease | undefined, handle: Handle): Promise<Done> {
    const insertIntoInbox = inlineSql`
      insert into inbox (consumer, message_id) values (${message.name}, ${message.id})
      on conflict do nothing returning message_id`;
    let inserted: unknown[] | undefined;
    let isCompleted = false;
    const work = async () => {
      inserted = undefined;
      isCompleted = false;
      const outcome = await handle();
      if (lease) await this.operations.succeed(message.originId, lease, outcome);
      // A handler whose statements all travel with COMMIT learns only there that an earlier delivery was done.
      if (!inserted) return;
      isCompleted = true;
      this.db.beforeCommit(completion(message.id));
    };
    const onFirstQuery = (rows: unknown[]) => {
      inserted = rows;
      if (rows.length === 0) throw new AlreadyDone();
    };
    try {
      await this.db.transaction(work, { onBegin: insertIntoInbox, onFirstQuery });
    } catch (error) {
      if (inserted?.length !== 0) throw error;
    }
    if (!inserted) await this.completer.completeAsync(message);
    else if (!isCompleted) await this.completer.complete(message);
    return inserted?.length === 0 ? 'skipped' : 'succeeded';
  }

  async #inSteps(message: Message, lease: Lease | undefined, handle: Handle): Promise<Done> {
    const isDone = await this.completer.isDone(message);
    const outcome = isDone ? undefined : await handle();
    if (isDone || !lease) {
      await this.completer.complete(message);
      return isDone ? 'skipped' : 'succeeded';
    }
    await this.db.transaction(async () => {
      this.db.beforeCommit(completion(message.id));
      await this.db.conn
        .insert(inbox)
        .values({ consumer: message.name, messageId: message.id })
        .onConflictDoNothing();
      await this.operations.succeed(message.originId, lease, outcome);
    });
    return 'succeeded';
  }
}
