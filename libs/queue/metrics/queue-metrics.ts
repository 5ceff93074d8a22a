import { defineCounter, defineHistogram } from '#libs/observability';

export const countEnqueued = defineCounter({
  name: 'jobs.enqueued',
  unit: '{job}',
  description: 'jobs that were enqueued, and committed',
  attributes: ['job'],
});

export const countStarted = defineCounter({
  name: 'jobs.started',
  unit: '{attempt}',
  description: 'attempts that a worker began',
  attributes: ['job'],
});

export const countEnded = defineCounter({
  name: 'jobs.ended',
  unit: '{attempt}',
  description:
    'attempts by outcome: `succeeded`, `skipped` (nothing was left to do: a duplicate, or cancelled before), `retried`, `failed` for good, `cancelled`, `released` by a worker that stops or lost the lock, `snoozed` as the database is away, or `stale`, as another worker has the job',
  attributes: ['job', 'outcome'],
});

export const measureAttempt = defineHistogram({
  name: 'jobs.duration',
  unit: 's',
  description: 'time of one attempt, from its delivery to its end, whatever the outcome',
  attributes: ['job'],
});

export const countDead = defineCounter({
  name: 'jobs.dead',
  unit: '{job}',
  description: 'new dead letters',
  attributes: ['job'],
});

export const measureRelayBatch = defineHistogram({
  name: 'jobs.relay_batch',
  unit: '{message}',
  description: 'messages that a relay took from the outbox in one round; full rounds in a row mean a backlog',
  attributes: [],
});

export const countStalled = defineCounter({
  name: 'jobs.stalled',
  unit: '{job}',
  description: 'jobs taken from a worker that was silent for too long',
  attributes: ['queue'],
});

export const countLockLost = defineCounter({
  name: 'jobs.lock_lost',
  unit: '{job}',
  description: 'locks that this worker could not renew in time',
  attributes: ['queue'],
});

export const countStuck = defineCounter({
  name: 'jobs.stuck',
  unit: '{attempt}',
  description: 'handlers that went on after their signal aborted; each ends its process',
  attributes: ['job', 'reason'],
});

export const measureScheduleLag = defineHistogram({
  name: 'jobs.schedule_lag',
  unit: 's',
  description: 'from the time of a slot until its job was enqueued',
  attributes: ['schedule'],
});

export const countExpired = defineCounter({
  name: 'retention.deleted',
  unit: '{row}',
  description: 'rows whose time was over; of `idempotency_keys`, keys',
  attributes: ['table'],
});
