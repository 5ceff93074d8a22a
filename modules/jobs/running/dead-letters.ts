import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { type Problem, problemDocument } from '#libs/problem';
import { storableJson } from '../jobs.payload.js';
import { deadLetters } from '../jobs.schema.js';
import { settlement } from '../relay/handovers.js';
import type { Message } from './message.js';
import { OperationRecord } from './operation-record.js';

/** Where jobs end that nobody could do. */
@Injectable()
export class DeadLetters {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly config: Config,
    private readonly operations: OperationRecord,
  ) {}

  /** Keeps the job for an operator and tells its client, both or neither. Burying twice changes nothing. */
  async bury({ id, queue, name, headers, payload, attempts }: Message, problem: Problem): Promise<void> {
    const error = { code: problem.code, detail: problem.detail ?? problem.type.title };
    const document = problemDocument(problem, {
      publicUrl: this.config.PUBLIC_URL,
      instance: `/v1/jobs/${id}`,
      requestId: headers.request_id ?? id,
    });
    await this.db.transaction(async () => {
      await this.db.conn
        .insert(deadLetters)
        .values({
          id,
          queue,
          name,
          attempts,
          headers: json(headers),
          payload: json(payload),
          error: json(error),
        })
        .onConflictDoNothing();
      await this.operations.fail(id, document);
      this.db.beforeCommit(settlement(id));
    });
  }
}

const json = (value: unknown) => sql`${storableJson(value)}::jsonb`;
