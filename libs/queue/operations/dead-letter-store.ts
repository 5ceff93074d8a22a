import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { type Problem, problemDocument } from '#libs/problem';
import { countDead } from '../metrics/queue-metrics.js';
import { completion } from '../outbox/dispatched-messages.js';
import type { Message } from '../outbox/message.js';
import { storableJson } from '../outbox/payload.js';
import { deadLetters, inbox } from '../queue.schema.js';
import { OperationStore } from './operation-store.js';

/** Keeps the jobs that failed for good. */
@Injectable()
export class DeadLetterStore {
  constructor(
    private readonly db: Database,
    private readonly config: Config,
    private readonly operations: OperationStore,
  ) {}

  /**
   * Makes a dead letter of a message and fails its operation, both or neither. A second call changes nothing, and neither
   * does a call for a message that the inbox has: it was done after all, or an operator redrove or discarded it.
   */
  async moveToDeadLetters(message: Message, problem: Problem): Promise<void> {
    const { id, originId, queue, name, version, headers, payload, attempts } = message;
    const error = { code: problem.code, detail: problem.detail ?? problem.type.title };
    const document = problemDocument(problem, {
      publicUrl: this.config.PUBLIC_URL,
      instance: `/v1/jobs/${originId}`,
      requestId: headers.request_id ?? originId,
    });
    await this.db.transaction(async () => {
      this.db.beforeCommit(completion(id));
      const [inserted] = await this.db.tx
        .insert(deadLetters)
        .values({
          id,
          queue,
          name,
          attempts,
          payloadVersion: version,
          headers: json(headers),
          payload: json(payload),
          error: json(error),
        })
        .onConflictDoNothing()
        .returning({ id: deadLetters.id });
      if (!inserted) return;
      // After the insert, which waits for an operator who has the same row: only then is it known what became of it.
      if (await this.#isInInbox(message)) {
        await this.db.tx.delete(deadLetters).where(eq(deadLetters.id, id));
        return;
      }
      await this.operations.fail(originId, document);
      this.db.afterCommit(() => countDead({ job: name }));
    });
  }

  async #isInInbox({ id, name }: Message): Promise<boolean> {
    const rows = await this.db.tx
      .select({ id: inbox.messageId })
      .from(inbox)
      .where(and(eq(inbox.consumer, name), eq(inbox.messageId, id)));
    return rows.length > 0;
  }
}

const json = (value: unknown) => sql`${storableJson(value)}::jsonb`;
