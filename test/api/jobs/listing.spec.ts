import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { newId } from '#libs/database';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

interface Item {
  id: string;
  type: string;
  state: string;
  links: Record<string, string>;
}
interface Answer {
  data: Item[];
  page: { next_cursor: string | null };
  search: { searched: number; of: number };
}

let world: World;
let viewer: Person;
beforeAll(async () => {
  // Without a worker everything stays where the tests put it.
  world = await startWorld();
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());
beforeEach(() => world.db.pool.query('truncate operations, outbox, dispatched_messages, dead_letters'));

const get = (path: string, cookie = viewer.cookie) => request(world.url).get(path).set('cookie', cookie);
const list = async (query = '') => (await get(`/v1/jobs${query}`).expect(200)).body as Answer;

const operation = (id: string, state: string, problem: object | null = null) =>
  world.db.pool.query(
    `insert into operations (id, name, owner_id, state, problem) values ($1, 'users.export', $2, $3, $4)`,
    [id, viewer.id, state, problem],
  );
const message = (
  table: 'outbox' | 'dispatched_messages',
  id: string,
  headers: object = {},
  name = 'users.export',
) =>
  world.db.pool.query(
    table === 'outbox'
      ? `insert into outbox (id, queue, name, version, payload, headers) values ($1, 'bulk', $2, 1, '{"token":"x","format":"csv"}', $3)`
      : `insert into dispatched_messages (id, seq, queue, name, version, payload, headers, attempts, created_at)
         values ($1, 1, 'mail', $2, 1, '{}', $3, 0, now())`,
    [id, name, headers],
  );
const deadLetter = (id: string, headers: object = {}, detail = 'It broke') =>
  world.db.pool.query(
    `insert into dead_letters (id, queue, name, payload, headers, error, attempts) values ($1, 'bulk', 'users.export', '{}', $2, $3, 8)`,
    [id, headers, { code: 'jobs.failed', detail }],
  );

describe('the list of jobs', () => {
  it('shows a job once, wherever its message is, and the newest first', async () => {
    const [plain, waiting, dispatched, dead, redriven] = Array.from({ length: 5 }, (_, index) =>
      newId(1000 + index),
    );
    await operation(plain!, 'succeeded');
    await message('outbox', waiting!, {}, 'users.invite');
    await message('dispatched_messages', dispatched!, {}, 'users.invite');
    await deadLetter(dead!);
    await operation(redriven!, 'queued');
    // The messages of an operation, at first and after a redrive.
    await message('outbox', redriven!);
    await message('dispatched_messages', newId(), { redriven_from: redriven });
    const { data, search } = await list();
    expect(data.map(({ id, state }) => [id, state])).toEqual([
      [redriven, 'queued'],
      [dead, 'failed'],
      [dispatched, 'dispatched'],
      [waiting, 'queued'],
      [plain, 'succeeded'],
    ]);
    expect(search.searched).toBe(5);
    expect(data[1]!.links.dead_letter).toBe(`/v1/dead-letters/${dead}`);
  });

  it('filters by state, job, queue, owner and the text of the error, in any case of letters', async () => {
    const id = newId();
    await operation(id, 'failed', { code: 'users.export-broken', detail: 'Disk FULL at 100%' });
    await operation(newId(), 'succeeded');
    await message('outbox', newId(), {}, 'users.invite');
    for (const query of [
      'state=failed',
      'text=disk full',
      'text=100%25',
      'text=export-broken',
      'text=full&state=failed',
    ])
      expect((await list(`?${query}`)).data.map((job) => job.id)).toEqual([id]);
    expect((await list('?text=_')).data).toEqual([]);
    expect((await list('?name=users.invite')).data).toHaveLength(1);
    expect((await list('?queue=mail')).data).toHaveLength(1);
    expect((await list(`?owner=${viewer.id}`)).data).toHaveLength(2);
    expect((await list(`?owner=${randomUUID()}`)).data).toEqual([]);
  });

  it('finds jobs by an argument wherever their payload is, and never by one that is hidden', async () => {
    const [waiting, dead, redriven] = Array.from({ length: 3 }, (_, index) => newId(3000 - index));
    const payload = { filter: { role: 'Admin' }, size: 41, token: 'hidden', inner: { password: 'hidden' } };
    await message('outbox', waiting!);
    await operation(dead!, 'failed');
    await deadLetter(dead!);
    await operation(redriven!, 'failed');
    await deadLetter(newId(), { redriven_from: redriven });
    await operation(newId(), 'succeeded');
    for (const table of ['outbox', 'dead_letters'])
      await world.db.pool.query(`update ${table} set payload = $1`, [payload]);
    for (const argument of ['filter.role:admin', 'size:4'])
      expect((await list(`?argument=${argument}`)).data.map(({ id }) => id)).toEqual([
        waiting,
        dead,
        redriven,
      ]);
    for (const argument of ['filter.role:owner', 'size:5', 'inner:hidden', 'filter:admin'])
      expect((await list(`?argument=${argument}`)).data).toEqual([]);
    for (const argument of ['token:hidden', 'inner.password:hidden', 'authToken.x:1', 'role', ':x'])
      await get(`/v1/jobs?argument=${argument}`).expect(422);
  });

  it('takes a time before all jobs, and refuses what is no time or no number of seconds', async () => {
    expect((await list('?started_before=1960-01-01T00:00:00Z')).data).toEqual([]);
    expect((await list('?finished_before=0001-01-01T00:00:00Z')).data).toEqual([]);
    for (const query of [
      'started_before=0000-01-01T00:00:00Z',
      'waited_over=',
      'waited_over=0x10',
      'ran_up_to=-1',
    ])
      await get(`/v1/jobs?${query}`).expect(422);
  });

  it('finds what is in one cell of a heatmap: a time, and how long jobs waited or ran', async () => {
    const at = Date.parse('2026-01-05T10:00:00Z');
    const add = async (minutes: number, waited: number, ran: number) => {
      const id = newId(at + minutes * 60_000);
      await world.db.pool.query(
        `insert into operations (id, name, state, created_at, started_at, finished_at)
         select $1, 'users.export', 'succeeded', at, at + $3 * interval '1 s', at + ($3 + $4) * interval '1 s' from (select $2::timestamptz as at) as made`,
        [id, new Date(at + minutes * 60_000), waited, ran],
      );
      return id;
    };
    const [quick, slow, long] = [await add(0, 1, 5), await add(0, 45, 5), await add(1, 0.5, 300)];
    await add(60, 45, 5);
    const found = async (query: string) => (await list(`?${query}`)).data.map(({ id }) => id);
    const begun = 'started_after=2026-01-05T10:00:00Z&started_before=2026-01-05T10:05:00Z';
    expect(await found(`${begun}&waited_up_to=2`)).toEqual([long, quick]);
    expect(await found(`${begun}&waited_over=1&waited_up_to=60`)).toEqual([slow]);
    const ended = 'finished_after=2026-01-05T10:00:00Z&finished_before=2026-01-05T10:10:00Z';
    expect(await found(`${ended}&ran_over=5`)).toEqual([long]);
    // The search begins at the time it is about, and ends there where the wait is bounded.
    await world.db.pool.query(
      `insert into operations (id, name, state) select uuidv7(), 'users.export', 'succeeded' from generate_series(1, 5000)`,
    );
    const { data, search } = await list(`?${begun}&waited_over=1&waited_up_to=60`);
    expect([data.map(({ id }) => id), search.searched]).toEqual([[slow], 3]);
  });

  it('looks at 5,000 jobs a page, says so, and finds what is further down on a later page', async () => {
    const last = newId(1);
    await operation(last, 'failed', { code: 'jobs.failed', detail: 'needle' });
    await world.db.pool.query(
      `insert into operations (id, name, state) select uuidv7(), 'users.export', 'succeeded' from generate_series(1, 6000)`,
    );
    const first = await list('?text=needle');
    expect([first.data, first.search.searched]).toEqual([[], 5000]);
    expect(first.search.of).toBeGreaterThanOrEqual(5000);
    const second = await list(`?text=needle&cursor=${first.page.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual([last]);
    expect([second.search.searched, second.page.next_cursor]).toEqual([1001, null]);
  });

  it('leaves nothing out where the newest messages of one table reach less far back than those of another', async () => {
    const old = newId(1);
    await operation(newId(0), 'succeeded');
    await deadLetter(old, {}, 'needle');
    await world.db.pool.query(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
       select uuidv7(), 'bulk', 'users.export', '{}', '{}', '{"code":"jobs.failed","detail":""}', 8 from generate_series(1, 5000)`,
    );
    const first = await list('?text=needle');
    expect([first.data, first.search.searched]).toEqual([[], 5000]);
    const second = await list(`?text=needle&cursor=${first.page.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual([old]);
    expect([second.search.searched, second.page.next_cursor]).toEqual([2, null]);
  });

  it('goes on behind the last row of a full page', async () => {
    const ids = Array.from({ length: 5 }, (_, index) => newId(2000 - index));
    for (const id of ids) await operation(id, 'queued');
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${first.page.next_cursor}`);
    const third = await list(`?limit=2&cursor=${second.page.next_cursor}`);
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids);
    expect(third.page.next_cursor).toBeNull();
    expect([first, second, third].map(({ search }) => search.searched)).toEqual([2, 2, 1]);
  });

  it('is for people with jobs:read', async () => {
    const member = await signedIn(world, 'member');
    await get('/v1/jobs', member.cookie).expect(403);
    await get(`/v1/job-inspections/${newId()}`, member.cookie).expect(403);
  });
});

describe('the inspection of a job', () => {
  it('shows a job in the outbox with its payload, secrets hidden, and why it waits', async () => {
    const id = newId();
    await operation(id, 'queued');
    await message('outbox', id, { request_id: 'request-1' });
    const { body } = await get(`/v1/job-inspections/${id}`).expect(200);
    expect(body).toMatchObject({
      id,
      queue: 'bulk',
      payload: { token: '[redacted]', format: 'csv' },
      request_id: 'request-1',
      waiting: { code: 'no-worker' },
    });
  });

  it('finds the dead letter of work that was redriven before', async () => {
    const id = newId();
    const again = newId();
    await operation(id, 'failed');
    await deadLetter(again, { redriven_from: id });
    const { body } = await get(`/v1/job-inspections/${id}`).expect(200);
    expect(body).toMatchObject({
      state: 'failed',
      waiting: null,
      links: { dead_letter: `/v1/dead-letters/${again}` },
    });
  });

  it('has nothing to show for a job that there is not', async () => {
    const { body } = await get(`/v1/job-inspections/${newId()}`).expect(404);
    expect(body.code).toBe('jobs.not-found');
  });
});
