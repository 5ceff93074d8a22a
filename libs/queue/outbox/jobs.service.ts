import { findPrincipal } from '#libs/access';
import { findContext } from '#libs/context';
import { Injectable } from '@nestjs/common';
import { Database, newId, inlineSql } from '#libs/database';
import { traceMessage } from '#libs/observability';
import { countEnqueued } from '../metrics/queue-metrics.js';
import type { JobDefinition } from './job-definition.js';
import { type JobHeaders, messagingAttributes } from './message.js';
import { assertWithinLimits } from './operation-limits.js';
import { OutboxNotifier } from './outbox-notifier.js';
import { partitionKeyOf } from './partition-key.js';
import { payloadText } from './payload.js';

export interface EnqueueOptions {
  /** The job is not begun before this time. */
  runAt?: Date;
  /**
   * Jobs with the same key are done one after another, in the order in which they were enqueued. The next begins when the one
   * before is done or has failed for good, so one that waits for its next attempt holds up all behind it. 1 to 200 characters, the same
   * key for jobs of any name that does not limit its owners. Callers that enqueue at the same moment have an order only if each
   * holds the same row lock.
   */
  orderingKey?: string;
  /** The message id, for a caller that may enqueue the same work twice; a new one when absent. */
  id?: string;
}

@Injectable()
export class JobsService {
  constructor(
    private readonly db: Database,
    private readonly notifier: OutboxNotifier,
  ) {}

  /**
   * Enqueues a job, which is done after the ambient transaction commits and not before `runAt`. Costs no round
   * trip: the rows travel with COMMIT. Throws outside a transaction, and for data that the job's schema refuses.
   * The id is the one of `GET /v1/jobs/{id}` when the job is an operation. A caller that gives the id itself may
   * enqueue the same work twice, and it is done once. A caller of the API gets an operation from {@link enqueueOperation} alone.
   */
  enqueue<T>(definition: JobDefinition<T>, data: T, options: EnqueueOptions = {}): { id: string } {
    if (definition.operation && findPrincipal())
      throw new Error(
        `${definition.name} is an operation, so a request enqueues it with enqueueOperation().`,
      );
    return this.#add(definition, data, options);
  }

  /**
   * Enqueues a job for a caller who asks for it, within the limits that its definition sets for one owner. Throws
   * {@link TooManyOperations} and {@link ResultStorageFull}.
   */
  async enqueueOperation<T>(definition: JobDefinition<T>, data: T): Promise<{ id: string }> {
    const ownerId = ownerOf();
    if (ownerId !== undefined) await assertWithinLimits(this.db, definition, ownerId);
    return this.#add(definition, data, {});
  }

  #add<T>(definition: JobDefinition<T>, data: T, options: EnqueueOptions): { id: string } {
    const { id = newId() } = options;
    const { name, queue, version } = definition;
    assertOnePartition(definition, options);
    const payload = payloadText(name, definition.schema.parse(data));
    const traceparent = traceMessage(`create ${name}`, {
      ...messagingAttributes('create', queue),
      'messaging.message.id': id,
    });
    const headers = currentHeaders(options, traceparent);
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
      this.notifier.notify();
    });
    return { id };
  }
}

/** A message is in one partition: it cannot have the order of its key and count against the limit of its owner. */
function assertOnePartition(
  { name, maxRunningPerOwner }: Pick<JobDefinition<never>, 'name' | 'maxRunningPerOwner'>,
  { orderingKey }: EnqueueOptions,
): void {
  if (orderingKey !== undefined && Number.isFinite(maxRunningPerOwner))
    throw new Error(`${name} limits how many run for an owner, so it takes no ordering key.`);
}

function currentHeaders({ orderingKey }: EnqueueOptions, traceparent: string | undefined): JobHeaders {
  const context = findContext();
  const owner = ownerOf();
  return {
    enqueued_at: new Date().toISOString(),
    ...(context && { request_id: context.requestId }),
    ...(owner !== undefined && { owner }),
    ...(orderingKey !== undefined && { ordering_key: orderingKey }),
    ...(traceparent && { traceparent }),
  };
}

/** Returns the caller; a job that is enqueued by a job belongs to the owner of that job. */
function ownerOf(): string | undefined {
  return findPrincipal()?.id ?? findContext()?.ownerId;
}
