import { Injectable } from '@nestjs/common';
import { findPrincipal, type Principal } from '#libs/access';
import { findContext } from '#libs/context';
import { Database, newId, inlineSql } from '#libs/database';
import { EventThrottle } from './event-throttle.js';

/** The actor of an event whose context has no principal, such as a sign-in. */
export interface Actor {
  kind: 'user' | 'service';
  id: string;
  impersonatorId?: string;
  sessionId?: string;
}

export interface AuditEvent {
  /** `resource.verb`, for example `queues.pause`. */
  action: string;
  /** `kind:id` of the object that the action changed. */
  target: string;
  /** The reason in the words of the actor. */
  reason?: string;
  /** Further details. They must hold no secret, because no event can ever be deleted. */
  meta?: Record<string, unknown>;
  actor?: Actor;
}

/** An attempt that was refused: `failure` for a wrong proof, `denied` for a missing permission. */
export interface RefusedEvent extends AuditEvent {
  outcome: 'failure' | 'denied';
}

/** Records what people change and what they are refused. It never reads, changes or deletes an event. */
@Injectable()
export class AuditLog {
  readonly #refusals = new EventThrottle();

  constructor(private readonly db: Database) {}

  /**
   * Records a change of the ambient transaction, so that neither exists without the other. The insert travels with COMMIT and
   * costs no round trip. The actor and the request come from the context. Throws outside a transaction.
   */
  record(event: AuditEvent): void {
    this.db.beforeCommit(insertion(event, 'success'));
  }

  /**
   * Records a refused attempt in a separate transaction. `source` names the caller: only some events of each source are
   * written in a minute, so that an attacker cannot fill the log, and the next event says how many are missing. Throws inside
   * a transaction, because the refusal rolls it back and would undo the event.
   */
  async recordRefusal({ outcome, ...event }: RefusedEvent, source: string): Promise<void> {
    if (this.db.inTransaction) throw new Error('Record a refusal after the transaction that it ends.');
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
