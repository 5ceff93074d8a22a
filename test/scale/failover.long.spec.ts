import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { figure, TcpProxy, type TestDatabase } from '#libs/testing';
import { type Answer, type Api, Apis, person } from '../faults/support/apis.js';
import { ReplicatedPostgres } from './support/replication.js';

const clients = 8;

/** Milliseconds of load before the primary dies, and after the standby has taken over. */
const before = 4000;
const after = 3000;

/** Milliseconds that an asynchronous standby is behind: what was acknowledged in them is lost. */
const behind = 500;

interface Request {
  key: string;
  body: { email: string; name: string };
  answer: Answer;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An API whose database keeps its address when the standby takes over. */
async function start(postgres: ReplicatedPostgres): Promise<{ apis: Apis; api: Api; address: TcpProxy }> {
  const address = await TcpProxy.to(postgres.primary.url);
  const url = address.through(postgres.primary.url);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  const db: TestDatabase = { url, pool, drop: () => pool.end() };
  const apis = await Apis.create(db);
  closing.push(
    () => address.down(),
    () => apis.close(),
  );
  return { apis, api: await apis.start(), address };
}

/** Creates users, each with a key of its own and one request of it, until it is told to stop. */
async function createUsers(apis: Apis, url: string, signal: AbortSignal): Promise<Request[]> {
  const requests: Request[] = [];
  while (!signal.aborted) {
    const [key, body] = [randomUUID(), person()];
    const answer = await apis.invite(url, key, body);
    requests.push({ key, body, answer });
    if (answer.status !== 201) await sleep(50);
  }
  return requests;
}

/** Load, and in the middle of it the primary is killed and the standby promoted. */
async function loadAcrossFailover({ isSynchronous }: { isSynchronous: boolean }) {
  const postgres = await ReplicatedPostgres.create({ isSynchronous });
  closing.push(() => postgres.close());
  const { apis, api, address } = await start(postgres);
  const over = new AbortController();
  const load = Promise.all(
    Array.from({ length: clients }, () => createUsers(apis, api.process.url, over.signal)),
  );
  await sleep(before);
  if (!isSynchronous) {
    postgres.link.hang();
    await sleep(behind);
  }
  const url = await postgres.failOver();
  await address.down();
  address.leadTo(url);
  await address.up();
  await sleep(after);
  over.abort();
  const requests = (await load).flat();
  const acknowledged = requests.filter(({ answer }) => answer.status === 201);
  // Or the failover was not in the middle of anything.
  expect(requests.length - acknowledged.length).toBeGreaterThan(0);
  return { apis, url: api.process.url, requests, acknowledged };
}

it('no acknowledged request is lost in a failover to a synchronous standby, and each is done once', async () => {
  const { apis, url, requests, acknowledged } = await loadAcrossFailover({ isSynchronous: true });
  for (const { body } of acknowledged) expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
  for (const { key, body, answer } of requests) {
    const again = await apis.insist(url, key, body);
    expect(again.status).toBe(201);
    if (answer.status !== 201) continue;
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(answer.text);
  }
  for (const { body } of requests) expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
  figure(
    'Failover to a synchronous standby under load',
    `${acknowledged.length} acknowledged, none lost, each replayed byte for byte; ${requests.length - acknowledged.length} without an answer, done once when sent again`,
  );
}, 120_000);

it('a key and its effect are lost together in a failover to an asynchronous standby', async () => {
  const { apis, url, requests, acknowledged } = await loadAcrossFailover({ isSynchronous: false });
  let lost = 0;
  for (const { key, body, answer } of requests) {
    const { users, mails } = await apis.effects(body.email);
    expect(mails).toBe(users);
    const again = await apis.insist(url, key, body);
    expect(again.status).toBe(201);
    expect(again.headers.has('idempotency-replayed')).toBe(users === 1);
    expect(await apis.effects(body.email)).toEqual({ users: 1, mails: 1 });
    if (answer.status === 201 && users === 0) lost += 1;
  }
  expect(lost).toBeGreaterThan(0);
  figure(
    'Failover to an asynchronous standby under load',
    `${acknowledged.length} acknowledged, ${lost} of them lost with key, user and mail; done once when sent again`,
  );
}, 120_000);
