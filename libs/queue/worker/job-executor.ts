import { Inject, Injectable } from '@nestjs/common';
import { Database, inlineSql } from '#libs/database';
import { inbox } from '../outbox/queue.schema.js';
import { completeIfOver, completion } from '../outbox/dispatched-messages.js';
import type { HandledJob } from './job-handlers.js';
import { type Lease, type JobOutcome, Run } from '../operations/job-run.js';
import type { Message } from '../outbox/message.js';
import { OperationStore } from '../operations/operation-store.js';
import { readPayload } from '../outbox/payload-reader.js';
import { RunningJobs } from './running-jobs.js';
import { JobCompleter } from './job-completer.js';

/** What ends the handler of a message whose effect is there already. */
class AlreadyDone extends Error {
  override readonly name = 'AlreadyDone';
}

/** Whether it did the job or found nothing left to do. */
type Done = 'succeeded' | 'skipped';

/** Does a job so that its effect happens once, however often the message comes. */
@Injectable()
export class JobExecutor {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly operations: OperationStore,
    private readonly running: RunningJobs,
    private readonly settlements: JobCompleter,
  ) {}

  /** Returns when the job is done, now or already before. Rejects with what the handler threw. */
  async run({ definition, handle }: HandledJob, message: Message): Promise<Done> {
    const data = readPayload(definition, message);
    const claim = definition.operation ? await this.operations.claim(message.originId) : undefined;
    if (definition.operation && !claim) {
      await completeIfOver(this.db, message);
      return 'skipped';
    }
    const attempt = claim?.attempt ?? message.attempts + 1;
    try {
      return await this.running.track(message, definition, (signal) => {
        const run = new Run(this.db, message.originId, data, message.headers.owner, attempt, signal, claim);
        return definition.transactional
          ? this.#inOneTransaction(message, claim, () => handle(run))
          : this.#inSteps(message, claim, () => handle(run));
      });
    } catch (error) {
      if (claim) await this.#leave(message, claim).catch(() => {}); // The next delivery sees to it.
      throw error;
    }
  }

  /** A run that did not succeed: its operation waits for the next one, unless it was cancelled. */
  async #leave(message: Message, claim: Lease): Promise<void> {
    await this.operations.requeue(message.originId, claim);
    await completeIfOver(this.db, message);
  }

  /**
   * The inbox row travels with BEGIN, which goes with the first query of the handler: a second delivery waits on it for the
   * first one's end, and then goes no further. A handler that asks nothing has no effect to tie the row to.
   */
  async #inOneTransaction(
    message: Message,
    claim: Lease | undefined,
    handle: () => Promise<JobOutcome | void>,
  ): Promise<Done> {
    const opening = inlineSql`
      insert into inbox (consumer, message_id) values (${message.name}, ${message.id})
      on conflict do nothing returning message_id`;
    let recorded: unknown[] | undefined;
    let isSettled = false;
    const work = async () => {
      recorded = undefined;
      isSettled = false;
      const outcome = await handle();
      if (claim) await this.operations.succeed(message.originId, claim, outcome);
      // A handler that has only left what travels with COMMIT may learn no sooner that all was done before.
      if (!recorded) return;
      isSettled = true;
      this.db.beforeCommit(completion(message.id));
    };
    const onFirstQuery = (rows: unknown[]) => {
      recorded = rows;
      if (rows.length === 0) throw new AlreadyDone();
    };
    try {
      await this.db.transaction(work, { onBegin: opening, onFirstQuery });
    } catch (error) {
      if (recorded?.length !== 0) throw error;
    }
    if (!recorded) await this.settlements.completeAsync(message);
    else if (!isSettled) await this.settlements.complete(message);
    return recorded?.length === 0 ? 'skipped' : 'succeeded';
  }

  async #inSteps(
    message: Message,
    claim: Lease | undefined,
    handle: () => Promise<JobOutcome | void>,
  ): Promise<Done> {
    const isDone = await this.settlements.isDone(message);
    const outcome = isDone ? undefined : await handle();
    if (isDone || !claim) {
      await this.settlements.complete(message);
      return isDone ? 'skipped' : 'succeeded';
    }
    await this.db.transaction(async () => {
      this.db.beforeCommit(completion(message.id));
      await this.db.conn
        .insert(inbox)
        .values({ consumer: message.name, messageId: message.id })
        .onConflictDoNothing();
      await this.operations.succeed(message.originId, claim, outcome);
    });
    return 'succeeded';
  }
}
