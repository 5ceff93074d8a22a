import { Injectable } from '@nestjs/common';
import { and, eq, gte, lt, or, sql } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';
import { Database } from '#libs/database';
import { CursorCodec, type Keyset, keysetAfter, keysetOrder, type Page } from '#libs/pagination';
import type { AuditEvent, AuditEventQuery } from './audit-events.contract.js';

const newestFirst: Keyset = { column: auditEvents.seq, id: auditEvents.id, direction: 'desc' };

const columns = {
  id: auditEvents.id,
  seq: auditEvents.seq,
  at: auditEvents.at,
  actor_kind: auditEvents.actorKind,
  actor_id: auditEvents.actorId,
  impersonator_id: auditEvents.impersonatorId,
  action: auditEvents.action,
  target: auditEvents.target,
  outcome: auditEvents.outcome,
  reason: auditEvents.reason,
  request_id: auditEvents.requestId,
  session_id: auditEvents.sessionId,
  api_key_id: auditEvents.apiKeyId,
  client_network: auditEvents.clientNetwork,
  meta: sql<AuditEvent['meta']>`${auditEvents.meta}`,
};

/** Lists the audit log, page by page. */
@Injectable()
export class AuditEventsService {
  constructor(
    private readonly db: Database,
    private readonly cursors: CursorCodec,
  ) {}

  async list({ limit, cursor, ...filters }: AuditEventQuery): Promise<Page<AuditEvent>> {
    const listing = { resource: 'audit-events', sort: '-seq', filters, limit };
    const rows = await this.db.conn
      .select(columns)
      .from(auditEvents)
      .where(and(matching(filters), keysetAfter(newestFirst, this.cursors.read(cursor, listing))))
      .orderBy(...keysetOrder(newestFirst))
      .limit(limit + 1);
    return this.cursors.page(rows, listing, ({ seq, id }) => ({ value: seq, id }));
  }
}

function matching({ action, actor, target, outcome, from, to }: Omit<AuditEventQuery, 'limit' | 'cursor'>) {
  return and(
    action === undefined ? undefined : eq(auditEvents.action, action),
    // Not every id is a UUID, so the column with the UUIDs is compared as text.
    actor === undefined
      ? undefined
      : or(eq(auditEvents.actorId, actor), sql`${auditEvents.impersonatorId}::text = ${actor}`),
    target === undefined ? undefined : eq(auditEvents.target, target),
    outcome === undefined ? undefined : eq(auditEvents.outcome, outcome),
    from === undefined ? undefined : gte(auditEvents.at, new Date(from)),
    to === undefined ? undefined : lt(auditEvents.at, new Date(to)),
  );
}
