import { describe, expect, it } from '@jest/globals';
import type { QueueSummary } from '../queues/queues.contract.js';
import { waitingReasons } from './listing.contract.js';
import { type Situation, whyWaiting } from './why-waiting.js';

const now = new Date('2026-11-27T18:00:00Z');
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000);

const queue: QueueSummary = {
  name: 'bulk',
  state: 'running',
  max_running: null,
  version: 0,
  counts: { waiting: 3, active: 2, delayed: 0, dead: 0, measured_at: secondsAgo(1) },
  oldest_waiting_seconds: 4,
  outbox: { backlog: 7, oldest_seconds: 1 },
};
const inOutbox = {
  place: 'outbox',
  partitionKey: null,
  availableAt: secondsAgo(1),
  lastError: null,
  ahead: 0,
} as const;
const withQueue = { ...inOutbox, place: 'dispatched', availableAt: null } as const;

const usual: Situation = {
  row: { state: 'queued', attempts: 0, is_operation: true },
  place: withQueue,
  queue,
  limit: 2,
  now,
};

/** A situation for each reason, and a part of what the operator reads. */
const situations: Record<(typeof waitingReasons)[number], [Partial<Situation>, RegExp]> = {
  'no-worker': [
    { queue: { ...queue, counts: { ...queue.counts, measured_at: secondsAgo(16) } } },
    /since 17:59:44/,
  ],
  paused: [{ queue: { ...queue, state: 'paused' } }, /bulk is paused/],
  refused: [{ place: { ...inOutbox, lastError: 'READONLY' } }, /refused it.*READONLY/],
  later: [{ place: { ...inOutbox, availableAt: secondsAgo(-60) } }, /due at 18:01:00/],
  order: [{ place: { ...inOutbox, partitionKey: 'key:one', ahead: 1 } }, /same ordering key/],
  'owner-limit': [
    { place: { ...inOutbox, partitionKey: 'limit:users.export:ann', ahead: 2 } },
    /2 jobs.*2 may run/,
  ],
  'queue-limit': [{ queue: { ...queue, max_running: 2 } }, /its limit allows \(2\)/],
  retry: [{ row: { ...usual.row, attempts: 3 } }, /Attempt 3 failed/],
  turn: [{}, /3 jobs wait and 2 run/],
};

describe('why a job waits', () => {
  it.each(waitingReasons)('is told for %s', (code) => {
    const [difference, words] = situations[code];
    const reason = whyWaiting({ ...usual, ...difference });
    expect(reason).toEqual({ code, sentence: expect.stringMatching(words) });
  });

  it('is the first thing that holds it up: a pause comes before a limit, and no worker before both', () => {
    const paused = { ...queue, state: 'paused' as const, max_running: 2 };
    expect(whyWaiting({ ...usual, queue: paused }).code).toBe('paused');
    const silent = { ...paused, counts: { ...queue.counts, measured_at: null } };
    expect(whyWaiting({ ...usual, queue: silent }).code).toBe('no-worker');
    expect(whyWaiting({ ...usual, queue: undefined }).code).toBe('no-worker');
  });
});
