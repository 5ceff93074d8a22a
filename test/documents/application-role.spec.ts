import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import request from 'supertest';
import { Database } from '#libs/database';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { sealAudit } from '#modules/audit';
import { QueueModule, JobsService } from '#libs/queue';
import { startWorld, type World } from '../support/apps.js';
import { type Person, signedIn } from '../support/people.js';

/** Roles belong to the server: each run has its own. */
const role = `mainstay_app_${randomBytes(4).toString('hex')}`;

let database: TestDatabase;
let world: World;
let admin: Person;
let app: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`create role ${role} login password 'only here'`);
  await database.pool.query(
    readFileSync('docs/application-role.sql', 'utf8').replaceAll('mainstay_app', role),
  );
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: 'only here' });
  app = new pg.Client({ connectionString: url.href });
  await app.connect();
  world = await startWorld({ worker: true, env: { DATABASE_URL: url.href } });
  admin = await signedIn({ ...world, db: database }, 'admin');
});

afterAll(async () => {
  await world?.close();
  await app?.end();
  await database.pool.query(`drop owned by ${role}; drop role ${role}`);
  await database.drop();
});

describe('the role of docs/application-role.sql', () => {
  it('is enough for API and worker: requests, jobs, the audit log and its seals', async () => {
    const { rows: before } = await app.query('select current_user as name');
    expect(before).toEqual([{ name: role }]);
    const invited = await request(world.url)
      .post('/v1/users')
      .set('cookie', admin.cookie)
      .set('idempotency-key', randomUUID())
      .send({ email: `${randomUUID()}@example.com`, name: 'Ada' })
      .expect(201);
    await eventually(async () => {
      const { rows } = await app.query(`select from one_time_tokens where user_id = $1`, [invited.body.id]);
      return rows.length > 0;
    });
    const { rows: events } = await app.query('select from audit_events where target = $1', [
      `user:${invited.body.id as string}`,
    ]);
    expect(events).toHaveLength(1);
    const jobs = world.api.select(QueueModule).get(JobsService);
    await world.api.get(Database, { strict: false }).transaction(async () => {
      jobs.enqueue(sealAudit, {});
    });
    await eventually(async () => (await app.query('select from audit_seals')).rows.length > 0);
    await eventually(async () => (await request(world.url).get('/health/ready')).status === 200);
  });

  it.each([
    'update audit_events set reason = null',
    'delete from audit_events',
    'truncate audit_events',
    'update audit_seals set count = 0',
    `insert into audit_seals select 2147483647, first_seq, last_seq, count, digests, head, key_id, signature, sealed_at from audit_seals`,
    'delete from audit_seals',
    'alter table audit_events disable trigger all',
    'drop trigger audit_events_append_only on audit_events',
    `set session_replication_role = 'replica'`,
    'alter table audit_events owner to current_user',
    'drop table audit_seals',
    'delete from schema_migrations',
    'create table public.mine (id int)',
  ])('is not enough to %s', async (statement) => {
    await expect(app.query(statement)).rejects.toThrow(/permission denied|must be owner/);
  });

  it('may still add and read events', async () => {
    await app.query(`insert into audit_events (id, action, target) values ($1, 'a.b', 'c:d')`, [
      randomUUID(),
    ]);
    const { rows } = await app.query(`select action from audit_events where target = 'c:d'`);
    expect(rows).toEqual([{ action: 'a.b' }]);
  });
});
