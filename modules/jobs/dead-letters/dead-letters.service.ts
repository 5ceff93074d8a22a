import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { and, eq, sql } from 'drizzle-orm';
import { AccessDenied, getPrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { type ExpectedVersions, InputInvalid, isExpected, VersionStale } from '#libs/http';
import { traceOf } from '#libs/observability';
import { CursorCodec, type Keyset, keysetAfter, keysetOrder, type Page } from '#libs/pagination';
import {
  DeadLetterAdmin,
  deadLetters,
  findJob,
  type JobDefinition,
  JobUnreadable,
  maxPayloadBytes,
  type MessageData,
  originOf,
  upcast,
} from '#libs/queue';
import {
  type DeadLetter,
  DeadLetterNotFound,
  type DeadLetterPatch,
  type DeadLetterQuery,
  type DeadLetterSummary,
  FieldNotEditable,
} from './dead-letters.contract.js';
import { errorCode, matching } from './dead-letters.queries.js';
import { mergePatch, redact } from './redaction.js';

const newestFirst: Keyset = { column: deadLetters.diedAt, id: deadLetters.id, direction: 'desc' };

const summary = {
  id: deadLetters.id,
  queue: deadLetters.queue,
  name: deadLetters.name,
  code: errorCode,
  detail: sql<string>`${deadLetters.error}->>'detail'`,
  attempts: deadLetters.attempts,
  died_at: deadLetters.diedAt,
  redriven_from: sql<string | null>`${deadLetters.headers}->>'redriven_from'`,
  version: deadLetters.version,
};

const whole = {
  ...summary,
  payload: deadLetters.payload,
  payloadVersion: deadLetters.payloadVersion,
  headers: deadLetters.headers,
};

/** Shows operators the jobs that failed for good, and lets them edit and discard them. Every change is in the audit log. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly db: Database,
    private readonly admin: DeadLetterAdmin,
    private readonly cursors: CursorCodec,
    private readonly audit: AuditLog,
    private readonly config: Config,
  ) {}

  async list({ limit, cursor, ...filters }: DeadLetterQuery): Promise<Page<DeadLetterSummary>> {
    const listing = { resource: 'dead-letters', sort: '-died_at', filters, limit };
    const rows = await this.db.conn
      .select(summary)
      .from(deadLetters)
      .where(and(matching(filters), keysetAfter(newestFirst, this.cursors.read(cursor, listing))))
      .orderBy(...keysetOrder(newestFirst))
      .limit(limit + 1);
    return this.cursors.page(rows, listing, ({ died_at, id }) => ({ value: died_at, id }));
  }

  /** Secrets in the payload are hidden. Throws {@link DeadLetterNotFound}. */
  async get(id: string): Promise<DeadLetter> {
    const { headers, payload, payloadVersion: _, ...row } = await this.#read(id);
    const definition = findJob(row.name);
    const job = definition?.operation ? `/v1/jobs/${originOf(id, headers)}` : undefined;
    return {
      ...row,
      payload: redact(payload),
      editable: [...(definition?.editable ?? [])],
      owner_id: headers.owner ?? null,
      request_id: headers.request_id ?? null,
      ...traceOf(headers.traceparent, this.config.TRACE_URL),
      enqueued_at: headers.enqueued_at ?? row.died_at.toISOString(),
      links: { self: `/v1/dead-letters/${id}`, ...(job && { job }) },
    };
  }

  /**
   * Changes editable fields of the payload with which the job will be enqueued again. The result must be a payload of the job as
   * this release knows it. Throws {@link DeadLetterNotFound}, {@link VersionStale}, {@link InputInvalid}, {@link JobUnreadable},
   * {@link FieldNotEditable}, or AccessDenied for an editor without the permission that the job takes.
   */
  edit(
    id: string,
    { payload: patch, reason }: DeadLetterPatch,
    expected: ExpectedVersions,
  ): Promise<DeadLetter> {
    return this.db.transaction(async () => {
      const { name, payload, payloadVersion } = await this.#read(id);
      const edited = readEdited(name, { version: payloadVersion, payload }, patch);
      const isChanged = await this.admin.edit(id, name, edited, isExpected(deadLetters.version, expected));
      if (!isChanged) throw new VersionStale();
      // Names only: values may be secrets, and an audit event stays for ever.
      this.audit.record({
        action: 'dead-letters.edit',
        target: `dead-letter:${id}`,
        reason,
        meta: { name, fields: Object.keys(patch) },
      });
      return this.get(id);
    });
  }

  /** Removes the job for good. Throws {@link DeadLetterNotFound} or {@link VersionStale}. */
  discard(id: string, reason: string, expected: ExpectedVersions): Promise<void> {
    return this.db.transaction(async () => {
      const discarded = await this.admin.discard(id, isExpected(deadLetters.version, expected));
      if (!discarded) {
        await this.#read(id);
        throw new VersionStale();
      }
      const { name, queue, error } = discarded;
      this.audit.record({
        action: 'dead-letters.discard',
        target: `dead-letter:${id}`,
        reason,
        meta: { name, queue, code: error.code },
      });
    });
  }

  async #read(id: string) {
    const [row] = await this.db.conn.select(whole).from(deadLetters).where(eq(deadLetters.id, id));
    if (!row) throw new DeadLetterNotFound();
    return row;
  }
}

/** Edits a payload of this release: an older one is made newer first, as an attempt would do. */
function readEdited(
  name: string,
  carried: Pick<MessageData, 'version' | 'payload'>,
  patch: Record<string, unknown>,
): { payload: unknown; version: number } {
  const definition = findJob(name);
  if (!definition) throw new JobUnreadable(`This release knows no job ${name}.`);
  if (carried.version > definition.version)
    throw new JobUnreadable(`A newer release knows version ${carried.version} of ${name}.`);
  const { needs } = definition;
  if (needs && !getPrincipal().permissions.has(needs))
    throw new AccessDenied(`The job ${name} takes ${needs}, also of whoever edits it.`);
  const current = upcast(definition, carried);
  const merged = mergePatch(current, patch);
  assertEditable(definition, changedFields(current, merged));
  const read = definition.schema.safeParse(merged);
  if (!read.success) {
    const errors = read.error.issues.map(({ path, code, message }) => ({
      pointer: ['#/payload', ...path.map(String)].join('/'),
      code,
      detail: message,
    }));
    throw new InputInvalid(undefined, { errors });
  }
  if (Buffer.byteLength(JSON.stringify(read.data)) > maxPayloadBytes) {
    const fault = { pointer: '#/payload', code: 'too_big', detail: 'The payload would be over 64 KiB.' };
    throw new InputInvalid(undefined, { errors: [fault] });
  }
  return { payload: read.data, version: definition.version };
}

/** The fields that differ. An operator may send back what they read, so a field with the same value is not changed. */
function changedFields(before: unknown, after: unknown): string[] {
  const [old, edited] = [before, after].map((value) => new Map(Object.entries(Object(value) as object)));
  const fields = new Set([...old!.keys(), ...edited!.keys()]);
  return [...fields].filter((field) => !isDeepStrictEqual(old!.get(field), edited!.get(field)));
}

function assertEditable(
  { name, editable }: Pick<JobDefinition<never>, 'name' | 'editable'>,
  fields: string[],
): void {
  const closed = fields.filter((field) => !editable.includes(field));
  if (closed.length === 0) return;
  const open = editable.length > 0 ? `only ${editable.join(', ')}` : 'nothing';
  throw new FieldNotEditable(`Of ${name} one can edit ${open}, and not ${closed.join(', ')}.`);
}
