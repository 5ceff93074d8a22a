import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { type Permission, permissions } from '#libs/access';
import { declaredJobs, type JobDefinition } from '#libs/queue';
import { eventually } from '#libs/testing';
// The API and the worker load every job definition.
import { startWorld, type World } from '../../support/apps.js';
import { issuedKey } from '../../support/machines.js';
import { type Person, signedIn } from '../../support/people.js';

type Job = JobDefinition<never>;

/** All that an operator may edit. A reviewer of a new line asks whether the field carries authority, a recipient or a file. */
const editableFields: Record<string, string[]> = {
  'jobs.discard-dead-letters': ['rate_per_second'],
  'jobs.redrive-dead-letters': ['rate_per_second'],
  'users.export': ['format'],
};

let world: World;
let admin: Person;
let operator: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await signedIn(world, 'admin');
  operator = await signedIn(world, 'operator');
});
afterAll(() => world.close());
beforeEach(() => world.db.pool.query('truncate dead_letters'));

type Headers = Record<string, string>;
const cookieOf = ({ cookie }: Person): Headers => ({ cookie });

const edit = (headers: Headers, id: string, payload: object) =>
  request(world.url)
    .patch(`/v1/dead-letters/${id}`)
    .set({ ...headers, 'if-match': '*' })
    .send({ payload, reason: 'A test.' });

const redrive = (headers: Headers, filter: object) =>
  request(world.url)
    .post('/v1/dead-letters/redrives')
    .set({ ...headers, 'idempotency-key': randomUUID() })
    .send({ filter, reason: 'A test.' });

async function addDeadLetter({ name, queue, version }: Job, payload: object = {}): Promise<string> {
  const id = randomUUID();
  await world.db.pool.query(
    `insert into dead_letters (id, queue, name, payload_version, payload, headers, error, attempts)
     values ($1, $2, $3, $4, $5, $6, '{"code":"jobs.failed","detail":""}', 8)`,
    [id, queue, name, version, payload, { enqueued_at: new Date().toISOString(), owner: admin.id }],
  );
  return id;
}

const find = async (id: string) =>
  (await world.db.pool.query('select payload, version from dead_letters where id = $1', [id])).rows;

/** The names of the top-level fields, of every alternative of the payload. */
function fieldsOf({ schema }: Job): string[] {
  type Shape = { properties?: object; anyOf?: Shape[] };
  const read = ({ properties = {}, anyOf = [] }: Shape): string[] => [
    ...Object.keys(properties),
    ...anyOf.flatMap(read),
  ];
  return [...new Set(read(z.toJSONSchema(schema) as Shape))];
}

const jobs = declaredJobs().map((job) => ({ ...job, fields: fieldsOf(job) }));
const findJob = (name: string) => jobs.find((job) => job.name === name)!;

/** The key of an administrator, with every permission but this one. */
async function keyWithout(needs: Permission): Promise<Headers> {
  const scopes = permissions.filter((permission) => permission !== needs);
  const { key } = await issuedKey(world, await signedIn(world, 'admin'), scopes);
  return { authorization: `Bearer ${key}` };
}

describe('a payload', () => {
  it('has the editable fields that are listed here, and no others', () => {
    const editable = jobs.filter((job) => job.editable.length > 0).map((job) => [job.name, job.editable]);
    expect(Object.fromEntries(editable)).toEqual(editableFields);
    for (const { fields, editable: open } of jobs) expect(fields).toEqual(expect.arrayContaining([...open]));
  });

  it.each(jobs)('of $name is closed to operators and administrators', async ({ fields, ...job }) => {
    const closed = [...fields, 'unknown'].filter((field) => !job.editable.includes(field));
    for (const field of closed) {
      const before = { [field]: 'before' };
      const id = await addDeadLetter(job, before);
      for (const value of ['after', null, { nested: 'after' }]) {
        const { body } = await edit(cookieOf(admin), id, { [field]: value }).expect(403);
        expect([body.code, body.detail]).toEqual(['jobs.field-not-editable', expect.stringContaining(field)]);
      }
      expect(await find(id)).toEqual([{ payload: before, version: 1 }]);
    }
  });

  it('may be sent back whole with an editable field changed', async () => {
    const id = await addDeadLetter(findJob('users.export'), { format: 'csv', filter: { role: 'viewer' } });
    const change = { format: 'ndjson', filter: { role: 'viewer' } };
    const { body } = await edit(cookieOf(operator), id, change).expect(200);
    expect(body).toMatchObject({ payload: change, version: 2 });
  });

  it('is edited only into what the job can carry, and from the version that was seen', async () => {
    const id = await addDeadLetter(findJob('users.export'), { format: 'no format', filter: {} });
    const change = (format: string) => edit(cookieOf(operator), id, { format }).set('if-match', '"v1"');
    const refused = await change('still none').expect(422);
    expect(refused.body.errors).toEqual([expect.objectContaining({ pointer: '#/payload/format' })]);
    await edit(cookieOf(operator), id, {}).unset('if-match').expect(428);
    const { body } = await change('csv').expect(200);
    expect(body).toMatchObject({ payload: { format: 'csv', filter: {} }, version: 2 });
    await change('ndjson').expect(412);
    await edit(cookieOf(await signedIn(world, 'viewer')), id, {}).expect(403);
    const { rows } = await world.db.pool.query(
      'select action, reason, actor_id from audit_events where target = $1',
      [`dead-letter:${id}`],
    );
    expect(rows).toEqual([{ action: 'dead-letters.edit', reason: 'A test.', actor_id: operator.id }]);
  });

  it('keeps its roles and its file: an operator makes no administrator', async () => {
    const roles = ['viewer', 'member'];
    const id = await addDeadLetter(findJob('users.import'), { fileId: randomUUID(), roles });
    for (const payload of [{ roles: ['admin', ...roles] }, { fileId: randomUUID() }]) {
      await edit(cookieOf(operator), id, payload).expect(403);
      await edit(cookieOf(admin), id, payload).expect(403);
    }
    await redrive(cookieOf(operator), { ids: [id] }).expect(403);
    expect(await find(id)).toEqual([expect.objectContaining({ version: 1 })]);
  });
});

describe.each(jobs.flatMap((job) => (job.needs ? [{ ...job, needs: job.needs }] : [])))(
  '$name takes $needs',
  ({ needs, ...job }) => {
    it('of whoever edits it', async () => {
      const id = await addDeadLetter(job);
      const { body } = await edit(await keyWithout(needs), id, {}).expect(403);
      expect([body.code, body.detail]).toEqual(['access.denied', expect.stringContaining(needs)]);
    });

    it('of whoever redrives it, counted or not, whatever its owner may do', async () => {
      const id = await addDeadLetter(job);
      const key = await keyWithout(needs);
      for (const filter of [{ ids: [id] }, { name: job.name }, {}]) {
        const { body } = await redrive(key, filter).expect(403);
        expect([body.code, body.detail]).toEqual(['access.denied', expect.stringContaining(job.name)]);
      }
      expect(await find(id)).toHaveLength(1);
      await redrive(cookieOf(admin), { ids: [randomUUID()] }).expect(202);
    });
  },
);

describe('a redrive', () => {
  const order = (held: Permission[]) => ({ filter: {}, rate_per_second: 1, permissions: held });

  it('that died is redriven only by somebody with the permissions that it carries', async () => {
    const id = await addDeadLetter(findJob('jobs.redrive-dead-letters'), order([...permissions]));
    await redrive(cookieOf(operator), { ids: [id] }).expect(403);
    await edit(cookieOf(operator), id, { rate_per_second: 2 }).expect(200);
    await redrive(cookieOf(operator), { ids: [id] }).expect(403);
    await redrive(cookieOf(admin), { ids: [id] }).expect(202);
  });

  it('leaves a dead letter whose job takes more, although it came too late to be refused', async () => {
    await world.db.pool.query(`insert into queue_controls (name, state) values ('bulk', 'paused')`);
    const { headers } = await redrive(cookieOf(operator), {}).expect(202);
    const id = await addDeadLetter(findJob('users.import'));
    await world.db.pool.query(`update dead_letters set died_at = died_at - interval '1 hour'`);
    await world.db.pool.query('delete from queue_controls');
    const path = headers.location!;
    await eventually(async () => {
      const { body } = await request(world.url).get(path).set('cookie', operator.cookie).expect(200);
      return body.state === 'succeeded';
    });
    expect(await find(id)).toHaveLength(1);
  });
});
