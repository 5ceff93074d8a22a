import { defineGauge } from '#libs/metrics';

export const observeDepth = defineGauge({
  name: 'jobs.queue_depth',
  unit: '{job}',
  description:
    'jobs by state: `waiting`, `active`, `delayed`, `dead`, or `outbox` while their queue does not have them',
  attributes: ['queue', 'state'],
});

export const observeOldestWaiting = defineGauge({
  name: 'jobs.oldest_waiting',
  unit: 's',
  description: 'age of the job that waits longest in its queue; no value while none waits',
  attributes: ['queue'],
});

export const observeOutboxAge = defineGauge({
  name: 'jobs.outbox_age',
  unit: 's',
  description: 'age of the oldest due message that no queue has; no value while there is none',
  attributes: ['queue'],
});
