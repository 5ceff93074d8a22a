import { z } from 'zod';
import { permissions } from '#libs/access';
import { defineJob } from '#libs/queue';
import { deadLetterFilter, redriveRate } from './dead-letters.contract.js';

const redriveOrder = z.object({
  filter: deadLetterFilter,
  rate_per_second: redriveRate,
  // What the requester could do at that time: an API key may hold less than its owner.
  permissions: z.array(z.enum(permissions)),
});
export type RedriveOrder = z.output<typeof redriveOrder>;

/** An hour, then it goes on in the next attempt: the rate decides how long it takes. */
export const redriveDeadLetters = defineJob('jobs.redrive-dead-letters', redriveOrder, {
  queue: 'bulk',
  timeoutMs: 3_600_000,
  transactional: false,
  operation: true,
  maxRunningPerOwner: 2,
  editable: ['rate_per_second'],
  version: 2,
  // The first version took no account of permissions, and operators could ask for it.
  upcasters: { 1: (order: object) => ({ ...order, permissions: ['jobs:write'] }) },
});
