import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { Sampler } from '#modules/ops';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

const path = '/v1/ops/log-level';
// The quietest: the processes are part of the program that runs the tests.
const wanted = { level: 'fatal', target: 'all', minutes: 30, reason: 'Imports fail since noon.' };
const none = { level: null, target: null, until: null, reason: null, changed_by: null, changed_at: null };

let world: World;
let operator: Person;
let viewer: Person;
beforeAll(async () => {
  world = await startWorld();
  operator = await inSudo(world, await signedIn(world, 'operator'));
  viewer = await signedIn(world, 'viewer');
});
afterAll(() => world.close());

const get = async () => (await request(world.url).get(path).set('cookie', viewer.cookie).expect(200)).body;
const change = (body: object, { as = operator, ifMatch = '*' } = {}) =>
  request(world.url).put(path).set({ cookie: as.cookie, 'if-match': ifMatch }).send(body);
const end = ({ as = operator, ifMatch = '*' } = {}) =>
  request(world.url).delete(path).set({ cookie: as.cookie, 'if-match': ifMatch });

it('is changed with a reason for a time, by one person after the other, and ended early', async () => {
  expect(await get()).toEqual({ ...none, version: 0 });
  const { body, headers } = await change(wanted, { ifMatch: '"v0"' }).expect(200);
  expect(headers.etag).toBe('"v1"');
  expect(body).toEqual({
    level: 'fatal',
    target: 'all',
    until: expect.stringMatching(/Z$/),
    reason: wanted.reason,
    changed_by: operator.id,
    changed_at: expect.stringMatching(/Z$/),
    version: 1,
  });
  expect(Date.parse(body.until) - Date.parse(body.changed_at)).toBe(30 * 60_000);
  expect(await get()).toEqual(body);

  await change({ ...wanted, level: 'error' }, { ifMatch: '"v0"' }).expect(412);
  const other = { level: 'error', target: 'worker', minutes: 240, reason: 'Too many lines.' };
  await change(other, { ifMatch: '"v1"' }).expect(200);
  expect(await get()).toMatchObject({ level: 'error', target: 'worker', reason: other.reason, version: 2 });

  await end({ ifMatch: '"v1"' }).expect(412);
  await end({ ifMatch: '"v2"' }).expect(204);
  expect(await get()).toEqual({ ...none, version: 3 });
  // Whoever comes second finds it done.
  await end({ ifMatch: '"v2"' }).expect(204);

  const { rows } = await world.db.pool.query(
    `select action, target, reason, meta, actor_id = $1 as is_theirs from audit_events
     where action like 'log-level.%' order by seq`,
    [operator.id],
  );
  const theirs = { is_theirs: true };
  expect(rows).toEqual([
    {
      action: 'log-level.change',
      target: 'log-level:all',
      reason: wanted.reason,
      meta: { level: 'fatal', minutes: 30 },
      ...theirs,
    },
    {
      action: 'log-level.change',
      target: 'log-level:worker',
      reason: other.reason,
      meta: { level: 'error', minutes: 240 },
      ...theirs,
    },
    { action: 'log-level.end', target: 'log-level:worker', reason: null, meta: {}, ...theirs },
  ]);
});

it('is over when its time is over, by the clock of the database', async () => {
  await change(wanted).expect(200);
  await world.db.pool.query('update ops_log_level set until = now()');
  const over = await get();
  expect(over).toEqual({ ...none, version: expect.any(Number) });
  await change(wanted, { ifMatch: `"v${over.version}"` }).expect(200);
});

it('can be that of one process that runs', async () => {
  const { instanceId } = world.api.get(Sampler);
  await world.api.get(Sampler).flush();
  await change({ ...wanted, target: instanceId }).expect(200);
  const { body } = await change({ ...wanted, target: randomUUID() }).expect(422);
  expect(body.errors).toEqual([expect.objectContaining({ pointer: '#/target' })]);
});

it.each([
  ['a level that pino does not know', { level: 'loud' }],
  ['silence', { level: 'silent' }],
  ['no time', { minutes: 0 }],
  ['more than four hours', { minutes: 241 }],
  ['no reason', { reason: ' ' }],
  ['an app that there is not', { target: 'console' }],
])('cannot be %s', async (_, fault) => {
  await change({ ...wanted, ...fault }).expect(422);
});

it('is for those with ops:write who proved who they are, and seen by those with ops:read', async () => {
  await request(world.url).get(path).expect(401);
  await request(world.url)
    .get(path)
    .set('cookie', (await signedIn(world, 'member')).cookie)
    .expect(403);
  const unproven = await signedIn(world, 'operator');
  for (const act of [change(wanted, { as: unproven }), end({ as: unproven })])
    expect((await act.expect(403)).body.code).toBe('access.sudo-required');
  const proven = await inSudo(world, await signedIn(world, 'viewer'));
  for (const act of [change(wanted, { as: proven }), end({ as: proven })])
    expect((await act.expect(403)).body.code).toBe('access.denied');
  await request(world.url).put(path).set('cookie', operator.cookie).send(wanted).expect(428);
});
