import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { declaredJobs } from '#libs/queue';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey } from '../../support/machines.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
let other: Person;
beforeEach(async () => {
  world = await startWorld({ worker: true });
  admin = await inSudo(world, await signedIn(world, 'admin'));
  other = await inSudo(world, await signedIn(world, 'admin'));
});
afterEach(() => world.close());

const send = (path: string, type: string, body: string) =>
  request(world.url)
    .post(path)
    .set('cookie', admin.cookie)
    .set('idempotency-key', randomUUID())
    .set('content-type', type)
    .send(body);
const importing = (file: string) => send('/v1/user-imports', 'text/csv', file);
const exporting = () => send('/v1/user-exports', 'application/json', '{"format":"csv"}');
const finished = (path: string) =>
  eventually(async () => {
    const { body } = await request(world.url).get(path).set('cookie', other.cookie).expect(200);
    return ['succeeded', 'failed'].includes(body.state as string) && body;
  });

/** Keeps the jobs of the queue from running while something happens. */
async function turn(state: 'paused' | 'running') {
  const path = '/v1/queues/bulk/state';
  const { headers } = await request(world.url).get(path).set('cookie', other.cookie);
  const body = { state, reason: 'to see what happens meanwhile' };
  const sent = request(world.url).put(path).set('cookie', other.cookie).set('if-match', headers.etag!);
  await sent.send(body).expect(200);
}

async function patch(person: Person, body: object) {
  const path = `/v1/users/${person.id}`;
  const { headers } = await request(world.url).get(path).set('cookie', other.cookie);
  await request(world.url)
    .patch(path)
    .set('cookie', other.cookie)
    .set('if-match', headers.etag!)
    .send(body)
    .expect(200);
}

describe('a job that waits while its owner loses the right to it', () => {
  it('is tried here for every job that a client can ask for', () => {
    const names = declaredJobs().filter(({ operation }) => operation);
    expect(names.map(({ name }) => name).toSorted()).toEqual([
      'jobs.discard-dead-letters',
      'jobs.redrive-dead-letters',
      'users.export',
      'users.import',
    ]);
  });

  it.each([
    ['redrives', 'nothing', { role: 'member' }, 'failed'],
    ['redrives', 'nothing', { status: 'disabled' }, 'failed'],
    // An operator may redrive, but not what takes users:write.
    ['redrives', 'nothing of what takes the lost permission', { role: 'operator' }, 'succeeded'],
    ['discards', 'nothing', { role: 'member' }, 'failed'],
  ])('%s %s: %j', async (verb, _, loss, state) => {
    await turn('paused');
    const id = randomUUID();
    await world.db.pool.query(
      `insert into dead_letters (id, queue, name, payload_version, payload, headers, error, attempts, died_at)
       values ($1, 'bulk', 'users.import', 1, '{"fileId":"0199c0de-0000-7000-8000-000000000000","roles":[]}',
         '{"enqueued_at":"2026-01-01T00:00:00Z"}', '{"code":"jobs.failed","detail":""}', 8, now() - interval '1 hour')`,
      [id],
    );
    const order = { filter: { ids: [id] }, reason: 'The cause is gone.' };
    const { headers } = await send(
      `/v1/dead-letters/${verb}`,
      'application/json',
      JSON.stringify(order),
    ).expect(202);
    await patch(admin, loss);
    await turn('running');
    expect(await finished(headers.location!)).toMatchObject({ state });
    const { rows } = await world.db.pool.query('select from dead_letters where id = $1', [id]);
    expect(rows).toHaveLength(1);
  });

  it.each([{ role: 'member' }, { status: 'disabled' }])('makes no accounts: %j', async (loss) => {
    await turn('paused');
    const email = `${randomUUID()}@example.com`;
    const { headers } = await importing(`email,name,role\n${email},Back door,admin\n`).expect(202);
    await patch(admin, loss);
    await turn('running');
    expect(await finished(headers.location!)).toMatchObject({
      state: 'failed',
      problem: { code: 'access.denied' },
    });
    const { rows } = await world.db.pool.query('select from users where email = $1', [email]);
    expect(rows).toEqual([]);
  });

  it('writes no list of users', async () => {
    await turn('paused');
    const { headers } = await exporting().expect(202);
    await patch(admin, { role: 'member' });
    await turn('running');
    expect(await finished(headers.location!)).toMatchObject({
      state: 'failed',
      problem: { code: 'access.denied' },
    });
  });
});

describe('the list of users that a job has written', () => {
  it('is for whoever may read users at that moment, also among its owner’s keys', async () => {
    const { headers } = await exporting().expect(202);
    const path = `${headers.location!}/result`;
    await finished(headers.location!);
    const { key, owner } = await issuedKey(world, admin, ['jobs:read']);
    const get = (name: string, value: string) => request(world.url).get(path).set(name, value);
    await get('authorization', `Bearer ${key}`).expect(403);
    await get('cookie', owner.cookie).expect(200);
    await patch(admin, { role: 'member' });
    await get('cookie', owner.cookie).expect(403);
  });
});
