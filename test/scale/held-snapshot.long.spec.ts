import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import pg from 'pg';
import { figure } from '#libs/testing';
import { type Backend, backends, queueOf, Workers } from '../faults/support/workers.js';
import { steadyLoad } from './support/load.js';
import { promise } from './support/promises.js';
import { durableDatabase } from './support/server.js';

/**
 * Jobs a second. On Redis a quarter of what a worker does on two cores. On Postgres a claim walks over every job that was claimed
 * since the snapshot was taken, so that what it costs grows with both rate and time: docs/jobs.md says how far that goes.
 */
const rates: Record<Backend, number> = { postgres: 60, redis: 200 };
const batch = 10;

/** Milliseconds. The reference that names the three minutes saw queues with SKIP LOCKED lose a third of their rate in them. */
const warmUp = 10_000;
const baseline = 45_000;
const held = 180_000;
const lastPart = 60_000;

/** Of the rate before. */
const mustKeep = 0.9;

it.each<Backend>(backends)(
  'a snapshot that somebody holds for minutes does not slow the jobs down, although no dead row can be removed (%s)',
  async (backend) => {
    const perSecond = rates[backend];
    const db = await durableDatabase();
    const workers = await Workers.on(db, await queueOf(backend));
    const holder = new pg.Client({ connectionString: db.url });
    holder.on('error', () => {}); // The server ends before it, when the test fails.
    const over = new AbortController();
    try {
      await workers.start();
      await holder.connect();
      const load = steadyLoad(() => promise(db.pool, batch, { name: 'sample.record' }), {
        perSecond: perSecond / batch,
        signal: over.signal,
      });
      await sleep(warmUp);
      const before = await rateOf(db.pool, baseline);
      await holder.query('begin isolation level repeatable read; select count(*) from bullmq.job');
      const during = await rateOf(db.pool, held - lastPart);
      const atTheEnd = await rateOf(db.pool, lastPart);
      const dead = await deadRows(db.pool);
      await holder.query('rollback');
      over.abort();
      await load;
      figure(
        `A snapshot held for ${held / 1000} s, ${perSecond} jobs a second promised, on ${backend}`,
        `done: ${before.perSecond}/s before, ${during.perSecond}/s, ${atTheEnd.perSecond}/s in its last minute; ` +
          `promise to end p50 ${before.p50}, ${during.p50}, ${atTheEnd.p50} ms; ${dead} dead rows`,
      );
      // The snapshot must have been in the way, or this shows nothing: every job leaves several dead rows.
      expect(dead).toBeGreaterThan((perSecond * held) / 1000);
      expect(atTheEnd.perSecond).toBeGreaterThan(mustKeep * before.perSecond);
    } finally {
      over.abort();
      await holder.end();
      await workers.close();
    }
  },
  600_000,
);

/** Jobs done a second from now on, for so long, and the milliseconds from promise to end. */
async function rateOf(pool: pg.Pool, milliseconds: number): Promise<{ perSecond: number; p50: number }> {
  const { rows: start } = await pool.query<{ at: Date }>('select clock_timestamp() as at');
  await sleep(milliseconds);
  const { rows } = await pool.query<{ done: number; p50: number }>(
    `select count(*)::int as done,
            percentile_cont(0.5) within group (order by extract(epoch from processed_at - uuid_extract_timestamp(message_id)) * 1000)::int as p50
     from inbox where processed_at > $1`,
    [start[0]!.at],
  );
  const { done, p50 } = rows[0]!;
  return { perSecond: Math.round(done / (milliseconds / 1000)), p50 };
}

async function deadRows(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ dead: number }>(
    'select sum(n_dead_tup)::int as dead from pg_stat_user_tables',
  );
  return rows[0]!.dead;
}
