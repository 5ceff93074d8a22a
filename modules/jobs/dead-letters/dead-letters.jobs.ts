import { z } from 'zod';
import { permissions } from '#libs/access';
import { defineJob } from '#libs/queue';
import { batchRate, deadLetterFilter } from './dead-letters.contract.js';

const batchOrder = z.object({
  filter: deadLetterFilter,
  rate_per_second: batchRate,
  // What the requester could do at that time: an API key may hold less than its owner.
  permissions: z.array(z.enum(permissions)),
});
export type BatchOrder = z.output<typeof batchOrder>;

/** An hour, then it goes on in the next attempt: the rate decides how long it takes. */
const batch = {
  queue: 'bulk',
  timeoutMs: 3_600_000,
  transactional: false,
  operation: true,
  maxRunningPerOwner: 2,
  editable: ['rate_per_second'],
} as const;

export const redriveDeadLetters = defineJob('jobs.redrive-dead-letters', batchOrder, {
  ...batch,
  version: 2,
  // The first version took no account of permissions, and operators could ask for it.
  upcasters: { 1: (order: object) => ({ ...order, permissions: ['jobs:write'] }) },
});

export const discardDeadLetters = defineJob('jobs.discard-dead-letters', batchOrder, batch);
