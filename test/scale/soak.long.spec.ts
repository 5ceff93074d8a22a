import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { figure } from '#libs/testing';
import { type Api, Apis, person } from '../faults/support/apis.js';
import { type Sample, steadyLoad } from './support/load.js';
import { residentBytes } from './support/memory.js';
import { durableDatabase } from './support/server.js';
import { percentile, slope } from './support/statistics.js';

/** A day is 1440. */
const minutes = Number(process.env.TEST_SOAK_MINUTES ?? 5);
const duration = minutes * 60_000;
/** Parts of the time; memory and tables are looked at after each, but for the first third, which is the warm-up. */
const slices = 60;
const warmUp = slices / 3;

const perSecond = 60;

/** Of its resident memory, in all the time after the warm-up. */
const mostGrowth = 0.1;

/** Tables that empty themselves, or whose rows are written again and again: what they take is dead rows mostly. */
const steady = ['outbox', 'dispatched_messages', 'queue_counts', 'rate_limits', 'sessions', 'bullmq.event'];
/** How much more they may take towards the end than in the middle: autovacuum comes by once a minute. */
const mostBloat = 1.5;

let apis: Apis;
let api: Api;
let worker: Api;

beforeAll(async () => {
  apis = await Apis.create(await durableDatabase());
  [api, worker] = await Promise.all([apis.start(), apis.start('worker')]);
}, 120_000);
afterAll(() => apis.close());

/** Reads, creations with a mail each, and exports, by turns. */
function mixed(): () => Promise<number> {
  const { cookie, email } = apis.admin;
  const send = async (path: string, init: RequestInit = {}) =>
    (await drained(fetch(api.process.url + path, { ...init, headers: { cookie, ...init.headers } }))).status;
  const create = async () => (await apis.invite(api.process.url, randomUUID(), person())).status;
  const exportUsers = () =>
    send('/v1/user-exports', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ format: 'csv', filter: { email } }),
    });
  const read = () => send('/v1/users?limit=20');
  const readSelf = () => send('/v1/users/me');
  let number = 0;
  return () => {
    number += 1;
    if (number % perSecond === 0) return exportUsers();
    return [create, read, readSelf][number % 3]!();
  };
}

interface Look {
  at: number;
  api: number;
  worker: number;
  tables: Record<string, number>;
  p50: number;
  p99: number;
}

async function look(samples: Sample<unknown>[]): Promise<Look> {
  const { rows } = await apis.world.db.pool.query<{ name: string; bytes: string }>(
    'select name, pg_total_relation_size(name::regclass) as bytes from unnest($1::text[]) as name',
    [steady],
  );
  const times = samples.map(({ milliseconds }) => milliseconds);
  const [ofApi, ofWorker] = await Promise.all(
    [api, worker].map(({ process }) => residentBytes(process.child.pid!)),
  );
  return {
    at: performance.now(),
    api: ofApi!,
    worker: ofWorker!,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    tables: Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)])),
  };
}

it(
  `neither memory nor tables grow in ${minutes} minutes of steady load`,
  async () => {
    const request = mixed();
    const looks: Look[] = [];
    const statuses = new Set<number>();
    // Slice by slice, so that this process does not grow either.
    for (let slice = 0; slice < slices; slice += 1) {
      const samples = await steadyLoad(request, {
        perSecond,
        signal: AbortSignal.timeout(duration / slices),
      });
      for (const { answer } of samples) statuses.add(answer);
      if (slice >= warmUp) looks.push(await look(samples));
    }

    const growth = (which: 'api' | 'worker') => {
      const gained =
        slope(looks.map((at) => ({ x: at.at, y: at[which] }))) * (looks.at(-1)!.at - looks[0]!.at);
      return gained / looks[0]![which];
    };
    const middle = (which: 'p50' | 'p99') =>
      percentile(
        looks.map((at) => at[which]),
        0.5,
      ).toFixed(1);
    const half = looks.length >> 1;
    const most = (name: string, part: Look[]) => Math.max(...part.map(({ tables }) => tables[name]!));
    const bloat = steady.map((name) => most(name, looks.slice(half)) / most(name, looks.slice(0, half)));
    figure(
      `${minutes} minutes of ${perSecond} requests a second, their jobs and mails`,
      `answered in p50 ${middle('p50')}, p99 ${middle('p99')} ms (medians of ${looks.length} parts); ` +
        `resident memory after the warm-up: API ${percent(growth('api'))} of ${megabytes(looks[0]!.api)}, ` +
        `worker ${percent(growth('worker'))} of ${megabytes(looks[0]!.worker)}; ` +
        `tables: ${steady.map((name) => `${name} ${megabytes(looks.at(-1)!.tables[name]!)}`).join(', ')}`,
    );
    expect(statuses).toEqual(new Set([200, 201, 202]));
    expect(growth('api')).toBeLessThan(mostGrowth);
    expect(growth('worker')).toBeLessThan(mostGrowth);
    expect(Math.max(...bloat)).toBeLessThan(mostBloat);
    expect(await waiting()).toBeLessThan(perSecond);
  },
  duration + 120_000,
);

/** Jobs that nobody has done yet: the worker keeps up. */
async function waiting(): Promise<number> {
  const { rows } = await apis.world.db.pool.query<{ waiting: number }>(
    'select (select count(*) from outbox)::int + (select count(*) from dispatched_messages)::int as waiting',
  );
  return rows[0]!.waiting;
}

async function drained(request: Promise<Response>): Promise<Response> {
  const response = await request;
  await response.arrayBuffer();
  return response;
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const percent = (share: number) => `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;
