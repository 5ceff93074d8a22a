import { Inject, Injectable } from '@nestjs/common';
import { and, eq } from 'drizzle-orm';
import { Database, statement } from '#libs/database';
import { inbox } from '../jobs.schema.js';
import { settleIfOver, settlement } from '../relay/handovers.js';
import type { HandledJob } from './handlers.js';
import { type Claim, type JobOutcome, Run } from './job-run.js';
import type { Message } from './message.js';
import { OperationRecord } from './operation-record.js';
import { readPayload } from './payload.js';
import { RunningJobs } from './running-jobs.js';

/** Does a job so that its effect happens once, however often the message comes. */
@Injectable()
export class Execution {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly operations: OperationRecord,
    private readonly running: RunningJobs,
  ) {}

  /** Returns when the job is done, now or already before. Rejects with what the handler threw. */
  async run({ definition, handle }: HandledJob, message: Message): Promise<void> {
    const data = readPayload(definition, message);
    const claim = definition.operation ? await this.operations.claim(message.originId) : undefined;
    if (definition.operation && !claim) return settleIfOver(this.db, message);
    const attempt = claim?.attempt ?? message.attempts + 1;
    try {
      await this.running.track(message, definition, (signal) => {
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
  async #leave(message: Message, claim: Claim): Promise<void> {
    await this.operations.requeue(message.originId, claim);
    await settleIfOver(this.db, message);
  }

  /** The inbox row travels with BEGIN. A second delivery waits on it for the first one's end, and then finds it. */
  async #inOneTransaction(
    message: Message,
    claim: Claim | undefined,
    handle: () => Promise<JobOutcome | void>,
  ): Promise<void> {
    const opening = statement`
      insert into inbox (consumer, message_id) values (${message.name}, ${message.id})
      on conflict do nothing returning message_id`;
    await this.db.transaction(
      async (recorded) => {
        this.db.beforeCommit(settlement(message.id));
        if (recorded.length === 0) return;
        const outcome = await handle();
        if (claim) await this.operations.succeed(message.originId, claim, outcome);
      },
      { opening },
    );
  }

  async #inSteps(
    { id, originId, name }: Message,
    claim: Claim | undefined,
    handle: () => Promise<JobOutcome | void>,
  ): Promise<void> {
    const [done] = await this.db.conn
      .select({ id: inbox.messageId })
      .from(inbox)
      .where(and(eq(inbox.consumer, name), eq(inbox.messageId, id)));
    if (done) {
      await this.db.conn.execute(settlement(id));
      return;
    }
    const outcome = await handle();
    await this.db.transaction(async () => {
      this.db.beforeCommit(settlement(id));
      await this.db.conn.insert(inbox).values({ consumer: name, messageId: id }).onConflictDoNothing();
      if (claim) await this.operations.succeed(originId, claim, outcome);
    });
  }
}
