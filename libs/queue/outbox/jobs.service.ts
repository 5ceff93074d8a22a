import { Inject, Injectable } from '@nestjs/common';
import { findPrincipal } from '#libs/access';
import { findContext } from '#libs/context';
import { Database, newId, inlineSql } from '#libs/database';
import { currentTraceparent } from '#libs/observability';
import type { JobDefinition } from './job-definition.js';
import { payloadText } from './payload.js';
import { countEnqueued } from '../metrics/queue-metrics.js';
import { partitionKeyOf } from './partitions.js';
import { OutboxNotifier } from './outbox-notifier.js';

/** What travels beside the payload. Text only, as it goes through every store on the way. */
export interface JobHeaders {
  enqueued_at: string;
  request_id?: string;
  /** Principal who promised it. */
  owner?: string;
  /** Of the promise; a redrive keeps to it. */
  ordering_key?: string;
  /** The message it first was, when an operator has sent it again. */
  redriven_from?: string;
  /** W3C traceparent of the promise, so that the run can be traced back to it. */
  traceparent?: string;
}

export interface EnqueueOptions {
  /** Not before this time. */
  runAt?: Date;
  /**
   * Messages with the same key are done one after another, in the order of their promises: the next begins when the
   * one before is done or given up, so one that waits for its next try holds up all behind it. 1 to 200 characters,
   * the same key for jobs of any name that does not limit its owners. Callers that promise at the same moment need a row lock of their own to have an order.
   */
  orderingKey?: string;
  /** For a caller that may promise the same twice; a new id when absent. */
  id?: string;
}

@Injectable()
export class JobsService {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(OutboxNotifier) private readonly wakeUp: OutboxNotifier,
  ) {}

  /**
   * Promises a job, to be done after the ambient transaction commits and not before `runAt`. Costs no round
   * trip: the rows travel with COMMIT. Throws outside a transaction, and for data that the job's schema refuses.
   * The id is the one of `GET /v1/jobs/{id}` when the job is an operation. A caller that gives the id itself may
   * promise the same twice, and it is done once.
   */
  enqueue<T>(definition: JobDefinition<T>, data: T, options: EnqueueOptions = {}): { id: string } {
    const { id = newId() } = options;
    const { name, queue, version } = definition;
    assertOnePartition(definition, options);
    const payload = payloadText(name, definition.schema.parse(data));
    const headers = currentHeaders(options);
    const partitionKey = partitionKeyOf(definition, { ...options, owner: headers.owner });
    this.db.beforeCommit(inlineSql`
      insert into outbox (id, queue, name, version, payload, headers, partition_key, available_at)
      values (${id}, ${queue}, ${name}, ${version}, ${payload}, ${JSON.stringify(headers)}, ${partitionKey ?? null},
        coalesce(${options.runAt ?? null}, now()))
      on conflict (id) do nothing`);
    if (definition.operation) {
      this.db.beforeCommit(
        inlineSql`insert into operations (id, name, owner_id) values (${id}, ${name}, ${headers.owner ?? null})
          on conflict (id) do nothing`,
      );
    }
    this.db.afterCommit(() => {
      countEnqueued({ job: name });
      return this.wakeUp.request();
    });
    return { id };
  }
}

/** A message is in one partition: it cannot wait for its key and for a place of its owner. */
function assertOnePartition(
  { name, maxRunningPerOwner }: Pick<JobDefinition<never>, 'name' | 'maxRunningPerOwner'>,
  { orderingKey }: EnqueueOptions,
): void {
  if (orderingKey !== undefined && Number.isFinite(maxRunningPerOwner))
    throw new Error(`${name} limits how many run for an owner, so it takes no ordering key.`);
}

function currentHeaders({ orderingKey }: EnqueueOptions): JobHeaders {
  const context = findContext();
  // What a job promises is promised for whoever promised that job.
  const owner = findPrincipal()?.id ?? context?.ownerId;
  const traceparent = currentTraceparent();
  return {
    enqueued_at: new Date().toISOString(),
    ...(context && { request_id: context.requestId }),
    ...(owner !== undefined && { owner }),
    ...(orderingKey !== undefined && { ordering_key: orderingKey }),
    ...(traceparent && { traceparent }),
  };
}
