import { Injectable } from '@nestjs/common';
import { findPrincipal, type Principal } from '#libs/access';
import { findContext } from '#libs/context';
import { Database, newId, inlineSql } from '#libs/database';
import { EventThrottle } from './event-throttle.js';

/** Who did it, where the context does not say: somebody who signs in is nobody before. */
export interface Actor {
  kind: 'user' | 'service';
  id: string;
  impersonatorId?: string;
  sessionId?: string;
}

export interface AuditEvent {
  /** `resource.verb`, for example `queues.pause`. */
  action: string;
  /** `kind:id` of what it was done to. */
  target: string;
  /** In the words of who did it. */
  reason?: string;
  /** What else tells what was done. No secrets: nothing of it can ever be deleted. */
  meta?: Record<string, unknown>;
  actor?: Actor;
}

/** What was tried and did not happen: with a wrong proof, or without the right to it. */
export interface RefusedEvent extends AuditEvent {
  outcome: 'failure' | 'denied';
}

/** Writes down what people change and what they are refused. Nothing here reads, changes or deletes an event. */
@Injectable()
export class AuditLog {
  readonly #refusals = new EventThrottle();

  constructor(private readonly db: Database) {}

  /**
   * Records what the ambient transaction does, so that neither exists without the other. Travels with COMMIT and
   * costs no round trip. Actor and request come from the context. Throws outside a transaction.
   */
  record(event: AuditEvent): void {
    this.db.beforeCommit(insertion(event, 'success'));
  }

  /**
   * Records what did not happen, in a transaction of its own. `source` names who tries: of each one only some a minute
   * are written, as nobody may fill the log from outside; the next one says how many are missing. Throws inside a
   * transaction, which is about to be rolled back and would take the event along.
   */
  async recordRefusal({ outcome, ...event }: RefusedEvent, source: string): Promise<void> {
    if (this.db.inTransaction) throw new Error('A refusal is recorded after the transaction that it ends.');
    const granted = this.#refusals.take(source);
    if (!granted) return;
    const meta = { ...event.meta, ...(granted.missed > 0 && { unrecorded: granted.missed }) };
    await this.db.transaction(async () => this.db.beforeCommit(insertion({ ...event, meta }, outcome)));
  }
}

function insertion(
  { action, target, reason, meta = {}, actor }: AuditEvent,
  outcome: 'success' | RefusedEvent['outcome'],
) {
  const context = findContext();
  const principal = findPrincipal();
  const who = actor ?? actorOf(principal);
  const apiKeyId = principal?.kind === 'user' ? principal.apiKeyId : undefined;
  return inlineSql`
    insert into audit_events (id, actor_kind, actor_id, impersonator_id, session_id, api_key_id, client_network,
      action, target, outcome, reason, request_id, meta)
    values (${newId()}, ${who?.kind ?? 'system'}, ${who?.id ?? null}, ${who?.impersonatorId ?? null},
      ${who?.sessionId ?? null}, ${apiKeyId ?? null}, ${context?.clientNetwork ?? null},
      ${action}, ${target}, ${outcome}, ${reason ?? null}, ${context?.requestId ?? null}, ${JSON.stringify(meta)})`;
}

function actorOf(principal: Principal | undefined): Actor | undefined {
  if (principal?.kind !== 'user') return principal;
  const { id, session } = principal;
  return {
    kind: 'user',
    id,
    ...(session && { sessionId: session.id }),
    ...(session?.impersonatorId && { impersonatorId: session.impersonatorId }),
  };
}
