import { defineCounter, defineHistogram, jobSecondsBuckets } from '#libs/metrics';

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
  buckets: jobSecondsBuckets,
});

export const measureDispatchLag = defineHistogram({
  name: 'jobs.dispatch_lag',
  unit: 's',
  description: 'from when a message was due until a relay gave it to its queue',
  attributes: ['queue'],
  buckets: jobSecondsBuckets,
});

export const measureWait = defineHistogram({
  name: 'jobs.wait',
  unit: 's',
  description: 'from when a job was enqueued, or was due where that is later, until its first attempt began',
  attributes: ['job'],
  buckets: jobSecondsBuckets,
});

export const countCpu = defineCounter({
  name: 'jobs.cpu.time',
  unit: 's',
  description: 'CPU time of attempts: what passes while several are in progress is divided equally',
  attributes: ['job'],
});

export const countDatabaseTime = defineCounter({
  name: 'jobs.database.time',
  unit: 's',
  description: 'time for which attempts waited for answers of Postgres',
  attributes: ['job'],
});

export const countStatements = defineCounter({
  name: 'jobs.statements',
  unit: '{statement}',
  description: 'statements that attempts sent',
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
  buckets: [1, 2, 5, 10, 50, 100, 500],
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
  buckets: jobSecondsBuckets,
});

export const countExpired = defineCounter({
  name: 'retention.deleted',
  unit: '{row}',
  description: 'rows whose time was over; of `idempotency_keys`, keys',
  attributes: ['table'],
});
