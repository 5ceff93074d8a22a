import type { JobDefinition } from './job-definition.js';

const maxKeyLength = 200;

export type PartitionedJob = Pick<JobDefinition<never>, 'name' | 'queue' | 'maxRunningPerOwner'>;

export interface PartitionOptions {
  owner?: string | undefined;
  orderingKey?: string | undefined;
  runAt?: Date | undefined;
}

/**
 * The partition of a message, in which only some messages are dispatched at a time: its ordering key, of which one is; else its
 * owner in a job that limits owners; else its owner in its queue. See concurrencyLimitOf in relay/partitions.ts.
 * A message without an owner has none, and neither has one with a time of its own and no limit: rows that are not due would have
 * to be stepped over in every round.
 */
export function partitionKeyOf(
  { name, queue, maxRunningPerOwner }: PartitionedJob,
  { owner, orderingKey, runAt }: PartitionOptions,
): string | undefined {
  if (orderingKey !== undefined) {
    if (orderingKey.length < 1 || orderingKey.length > maxKeyLength)
      throw new Error(`An ordering key has 1 to ${maxKeyLength} characters.`);
    return `key:${orderingKey}`;
  }
  if (!owner) return undefined;
  if (Number.isFinite(maxRunningPerOwner)) return `job:${name}:${owner}`;
  return runAt ? undefined : `owner:${queue}:${owner}`;
}
