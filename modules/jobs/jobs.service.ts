import { Inject, Injectable } from '@nestjs/common';
import { findContext } from '#libs/access';
import { Database, newId, statement } from '#libs/database';
import { currentTraceparent } from '#libs/observability';
import type { JobDefinition } from './jobs.definition.js';
import { payloadText } from './jobs.payload.js';
import { WakeUp } from './wake-up.js';

/** What travels beside the payload. Text only, as it goes through every store on the way. */
export interface JobHeaders {
  enqueued_at: string;
  request_id?: string;
  /** Principal who promised it. */
  owner?: string;
  /** The message it first was, when an operator has sent it again. */
  redriven_from?: string;
  /** W3C traceparent of the promise, so that the run can be traced back to it. */
  traceparent?: string;
}

@Injectable()
export class JobsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(WakeUp) private readonly wakeUp: WakeUp,
  ) {}

  /**
   * Promises a job, to be done after the ambient transaction commits and not before `runAt`. Costs no round
   * trip: the rows travel with COMMIT. Throws outside a transaction, and for data that the job's schema refuses.
   * The id is the one of `GET /v1/jobs/{id}` when the job is an operation.
   */
  enqueue<T>(definition: JobDefinition<T>, data: T, { runAt }: { runAt?: Date } = {}): { id: string } {
    const id = newId();
    const { name, queue, version } = definition;
    const payload = payloadText(name, definition.schema.parse(data));
    const headers = currentHeaders();
    this.db.beforeCommit(statement`
      insert into outbox (id, queue, name, version, payload, headers, available_at, waits_for_owner)
      values (${id}, ${queue}, ${name}, ${version}, ${payload}, ${JSON.stringify(headers)}, coalesce(${runAt ?? null}, now()),
        ${ownerToWaitFor(definition, headers)})`);
    if (definition.operation) {
      this.db.beforeCommit(
        statement`insert into operations (id, name, owner_id) values (${id}, ${name}, ${headers.owner ?? null})`,
      );
    }
    this.db.afterCommit(() => this.wakeUp.request());
    return { id };
  }
}

/** Whose other jobs it must wait for, when its definition limits them. */
export function ownerToWaitFor(
  definition: Pick<JobDefinition<never>, 'maxRunningPerOwner'> | undefined,
  { owner }: Pick<JobHeaders, 'owner'>,
): string | null {
  return definition && Number.isFinite(definition.maxRunningPerOwner) ? (owner ?? null) : null;
}

function currentHeaders(): JobHeaders {
  const context = findContext();
  const traceparent = currentTraceparent();
  return {
    enqueued_at: new Date().toISOString(),
    ...(context && { request_id: context.requestId }),
    ...(context?.principal && { owner: context.principal.id }),
    ...(traceparent && { traceparent }),
  };
}
