import { bytesBuckets, defineCounter, defineHistogram } from '#libs/metrics';

export const countRequest = defineCounter({
  name: 'idempotency.requests',
  unit: '{request}',
  description:
    'requests with a key: `done`, `replayed`, `in-progress`, `key-reused`, `outcome-unknown`, or `failed` and free again',
  attributes: ['route', 'outcome'],
});

export const measureStored = defineHistogram({
  name: 'idempotency.stored',
  unit: 'By',
  description: 'stored answers, sealed',
  attributes: [],
  buckets: bytesBuckets,
});

export const countResolved = defineCounter({
  name: 'idempotency.commits_resolved',
  unit: '{commit}',
  description:
    'commits without an answer that were looked up: `found`, `absent`, or `unresolved` when nobody could say in time',
  attributes: ['outcome'],
});
