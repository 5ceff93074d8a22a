import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestEnvironment } from '#libs/queue/testing';
import { startApi } from '../testing/api.js';

/** A schedule for every hour as the workers keep it, due at `nextSlotAt` (SQL). */
const insert = (env: TestEnvironment, name: string, nextSlotAt: string, more = {}) =>
  env.rows(
    `insert into schedules (name, cron, time_zone, job, next_slot_at, paused, removed_at, last_enqueued_at)
     values ($1, '0 * * * *', 'Europe/Berlin', 'sample.record', ${nextSlotAt}, $2, $3, '2026-01-01T00:00:00Z')`,
    [name, 'paused' in more, 'removed' in more ? new Date() : null],
  );

describe('the schedules', () => {
  let env: TestEnvironment;
  let api: Awaited<ReturnType<typeof startApi>>;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
    api = await startApi(env.config);
  });
  afterAll(async () => {
    await api?.close();
    await env?.close();
  });

  it('are shown by name, and those that are late, paused or removed as such', async () => {
    await insert(env, 'sample.next', `'2100-01-01T00:00:00Z'`);
    await insert(env, 'sample.late', `now() - interval '2 minutes'`);
    await insert(env, 'sample.paused', `now() - interval '2 minutes'`, { paused: true });
    await insert(env, 'sample.removed', `now() - interval '2 minutes'`, { removed: true });
    const answer = await fetch(`${await api.getUrl()}/v1/schedules`, { headers: { 'x-may': 'jobs:read' } });
    const { data } = (await answer.json()) as { data: { name: string }[] };
    expect(data).toEqual([
      expect.objectContaining({ name: 'sample.late', late: true }),
      {
        name: 'sample.next',
        cron: '0 * * * *',
        time_zone: 'Europe/Berlin',
        job: 'sample.record',
        paused: false,
        next_run_at: '2100-01-01T00:00:00.000Z',
        last_run_at: '2026-01-01T00:00:00.000Z',
        late: false,
      },
      expect.objectContaining({ name: 'sample.paused', paused: true, next_run_at: null, late: false }),
    ]);
  });
});
