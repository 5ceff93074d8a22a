import { defineCounter, defineHistogram } from '#libs/observability';

export const countEnqueued = defineCounter({
  name: 'jobs.enqueued',
  unit: '{job}',
  description: 'promised, and committed',
  attributes: ['job'],
});

export const countStarted = defineCounter({
  name: 'jobs.started',
  unit: '{run}',
  description: 'deliveries that a worker began',
  attributes: ['job'],
});

export const countEnded = defineCounter({
  name: 'jobs.ended',
  unit: '{run}',
  description:
    'what became of them: `succeeded`, `skipped` (nothing was left to do: a duplicate, or cancelled before), `retried`, `given-up`, `cancelled`, `handed-back` by a worker that stops or lost it, `postponed` as the database is away, or `lost`, as it may not write any more',
  attributes: ['job', 'outcome'],
});

export const measureRun = defineHistogram({
  name: 'jobs.duration',
  unit: 's',
  description: 'from delivery to end, whatever the outcome',
  attributes: ['job'],
});

export const countDead = defineCounter({
  name: 'jobs.dead',
  unit: '{job}',
  description: 'given up: new dead letters',
  attributes: ['job'],
});

export const measureRelayBatch = defineHistogram({
  name: 'jobs.relay_batch',
  unit: '{message}',
  description:
    'messages that a relay took from the outbox in one look; full ones in a row, and it has a backlog',
  attributes: [],
});

export const countStalled = defineCounter({
  name: 'jobs.stalled',
  unit: '{job}',
  description: 'taken from a worker that was silent for too long',
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
  unit: '{run}',
  description: 'handlers that went on after their signal aborted; each ends its process',
  attributes: ['job', 'reason'],
});

export const measureScheduleLag = defineHistogram({
  name: 'jobs.schedule_lag',
  unit: 's',
  description: 'from the time of a slot to the promise of its job',
  attributes: ['schedule'],
});

export const countExpired = defineCounter({
  name: 'retention.deleted',
  unit: '{row}',
  description: 'rows whose time was over; of `idempotency_keys`, keys',
  attributes: ['table'],
});
