import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { eventually, figure } from '#libs/testing';
import { Apis, person } from '../faults/support/apis.js';
import { type Sample, steadyLoad } from './support/load.js';
import { durableDatabase } from './support/server.js';
import { percentile } from './support/statistics.js';

const expired = 1_000_000;
const perSecond = 200;

/** Rows that one statement may delete: a lock is held for milliseconds. libs/database/retention.ts. */
const mostAtOnce = 250;

/** p99 while rows are swept to p99 while none are. */
const mostRise = 1.2;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** From performance.now() to performance.now(). */
type Span = [from: number, to: number];

const within = (samples: Sample<unknown>[], [from, to]: Span) =>
  samples.filter(({ at }) => at >= from && at < to).map(({ milliseconds }) => milliseconds);

it('sweeping a million expired keys in batches leaves the requests beside it as quick as they were', async () => {
  const apis = await Apis.create(await durableDatabase());
  closing.push(() => apis.close());
  const { pool } = apis.world.db;
  const [{ process: api }, worker] = [await apis.start(), await apis.start('worker')];
  const deleted: number[] = [];
  worker.proxy.watch(({ from, bytes }) => {
    if (from === 'server')
      for (const [, rows] of bytes.toString('latin1').matchAll(/DELETE (\d+)\0/g)) deleted.push(Number(rows));
    return 'pass';
  });
  // Only the sweeps that the test asks for, and no mails: the one thing that differs between the windows is the sweep.
  await eventually(
    async () =>
      (await pool.query(`update schedules set paused = true where name = 'jobs.sweep-expired'`)).rowCount ===
      1,
    { what: 'the worker has written its schedules' },
  );
  await pool.query(`insert into queue_controls (name, state) values ('mail', 'paused')
    on conflict (name) do update set state = 'paused'`);
  await pool.query(
    `insert into idempotency_keys (id, fingerprint, response, created_at, expires_at)
     select sha256(n::text::bytea), sha256('f'), sha256('r') || sha256('s'), now() - interval '25 hours', now() - interval '1 hour'
     from generate_series(1, $1::int) n`,
    [expired],
  );
  await pool.query('vacuum analyze idempotency_keys');

  const over = new AbortController();
  const load = steadyLoad(() => apis.invite(api.url, randomUUID(), person()), {
    perSecond,
    signal: over.signal,
  });
  await sleep(5000); // Compiled code and plans are those of a process that has run for a while.
  const pairs: { swept: Span; quiet: Span }[] = [];
  const left = async () => {
    const { rowCount } = await pool.query('select from idempotency_keys where expires_at < now() limit 1');
    return rowCount === 1;
  };
  while (await left()) {
    const swept = await sweep();
    const quiet: Span = [performance.now(), performance.now() + (swept[1] - swept[0])];
    await sleep(quiet[1] - quiet[0]);
    pairs.push({ swept, quiet });
  }
  over.abort();
  const samples = await load;

  // Each sweep beside the quiet time right after it, and then the middle of these: whatever else slows the machine for a
  // while slows both halves of a pair, or spoils one pair of many.
  const ratios = pairs.map(
    ({ swept, quiet }) => percentile(within(samples, swept), 0.99) / percentile(within(samples, quiet), 0.99),
  );
  const all = (which: 'swept' | 'quiet', share: number) =>
    percentile(
      pairs.flatMap((pair) => within(samples, pair[which])),
      share,
    ).toFixed(1);
  figure(
    `${expired} expired keys swept beside ${perSecond} keyed creates a second`,
    `${pairs.length} sweeps, p99 × ${percentile(ratios, 0.5).toFixed(2)} (median of pairs); of all: ` +
      `p50 ${all('swept', 0.5)} and ${all('quiet', 0.5)} ms, p99 ${all('swept', 0.99)} and ${all('quiet', 0.99)} ms with and without`,
  );
  expect(samples.filter(({ answer }) => answer.status !== 201)).toEqual([]);
  expect(Math.max(...deleted)).toBe(mostAtOnce);
  expect(percentile(ratios, 0.5)).toBeLessThan(mostRise);

  async function sweep(): Promise<Span> {
    const from = performance.now();
    const id = randomUUID();
    await pool.query(
      `insert into outbox (id, queue, name, version, payload, headers)
       values ($1, 'default', 'jobs.sweep-expired', 1, '{}', jsonb_build_object('enqueued_at', now()))`,
      [id],
    );
    await pool.query('notify outbox');
    const isDone = async () =>
      (await pool.query('select from inbox where message_id = $1', [id])).rowCount === 1;
    await eventually(isDone, { what: 'a sweep' });
    return [from, performance.now()];
  }
}, 600_000);
