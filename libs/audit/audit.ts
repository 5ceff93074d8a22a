import { Injectable } from '@nestjs/common';
import { findContext } from '#libs/access';
import { Database, newId, statement } from '#libs/database';

interface AuditEvent {
  /** `resource.verb`, for example `queues.pause`. */
  action: string;
  /** `kind:id` of what it was done to. */
  target: string;
  /** In the words of who did it. */
  reason?: string;
  /** What else tells what was done. No secrets: nothing of it can ever be deleted. */
  meta?: Record<string, unknown>;
}

/** Writes down what people change. Nothing here reads, changes or deletes an event. */
@Injectable()
export class Audit {
  constructor(private readonly db: Database) {}

  /**
   * Records what the ambient transaction does, so that neither exists without the other. Travels with COMMIT and
   * costs no round trip. Actor and request come from the context. Throws outside a transaction.
   */
  record({ action, target, reason, meta = {} }: AuditEvent): void {
    const context = findContext();
    this.db.beforeCommit(statement`
      insert into audit_events (id, actor_id, action, target, reason, request_id, meta)
      values (${newId()}, ${context?.principal?.id ?? null}, ${action}, ${target}, ${reason ?? null},
        ${context?.requestId ?? null}, ${JSON.stringify(meta)})`);
  }
}
