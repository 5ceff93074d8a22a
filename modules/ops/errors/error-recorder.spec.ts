import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createPool, Database, RetentionService } from '#libs/database';
import { recordFailure, takeFailures } from '#libs/observability';
import { createTestDatabase, TcpProxy, type TestDatabase } from '#libs/testing';
import { OpsModule } from '../ops.module.js';
import { ErrorRecorder } from './error-recorder.js';

let test: TestDatabase;
let proxy: TcpProxy;
let db: Database;
let recorder: ErrorRecorder;
beforeAll(async () => {
  test = await createTestDatabase();
  proxy = await TcpProxy.to(test.url);
  db = new Database(createPool(proxy.through(test.url), { role: 'api', max: 2 }));
  recorder = new ErrorRecorder(db);
});
beforeEach(async () => {
  takeFailures();
  await test.pool.query('truncate ops_errors');
});
afterAll(async () => {
  await db.pool.end();
  await proxy.down();
  await test.drop();
});

const fail = (userId: string, name = '/v1/users') =>
  recordFailure({
    source: 'request',
    name,
    error: new RangeError('for ada@example.com'),
    userId,
    requestId: `request of ${userId}`,
    traceId: undefined,
  });

async function rows() {
  const found = await test.pool.query<{ name: string; count: number; users: string[] }>(
    `select name, code, count::int, users, last_request_id, first_seen_at < last_seen_at as again from ops_errors order by name`,
  );
  return found.rows.map(({ users, ...row }) => ({ ...row, users: users.toSorted() }));
}

it('failures of one cause are one row, whichever process meets them', async () => {
  fail('ada');
  await recorder.flush();
  fail('bob');
  fail('ada');
  fail('ada', '/v1/jobs');
  // Another process would write as this one does.
  await new ErrorRecorder(db).flush();
  expect(await rows()).toEqual([
    expect.objectContaining({ name: '/v1/jobs', count: 1, users: ['ada'] }),
    {
      name: '/v1/users',
      code: 'RangeError',
      count: 3,
      users: ['ada', 'bob'],
      last_request_id: 'request of ada',
      again: true,
    },
  ]);
  const { rows: all } = await test.pool.query('select * from ops_errors');
  expect(JSON.stringify(all)).not.toContain('example.com');
});

it('failures wait while the database is away', async () => {
  fail('ada');
  await proxy.down();
  await expect(recorder.flush()).rejects.toThrow(Error);
  fail('bob');
  await proxy.up();
  await recorder.flush();
  await recorder.flush();
  expect(await rows()).toEqual([expect.objectContaining({ count: 2, users: ['ada', 'bob'] })]);
});

it('the thousand causes that were met last are kept, for 90 days', async () => {
  await test.pool.query(
    `insert into ops_errors (fingerprint, source, name, code, frames, count, users, first_version, last_version, last_seen_at)
     select n::text, 'request', '/v1/' || n, 'x', '{}', 1, '{}', '1', '1',
       now() - case when n > 1005 then interval '91 days' else make_interval(secs => n) end
     from generate_series(1, 1010) as n`,
  );
  const retention = new RetentionService(db);
  new OpsModule(retention);
  await retention.sweep({ signal: new AbortController().signal, onDeleted: () => {} });
  const { rows: left } = await test.pool.query(
    'select count(*)::int, max(fingerprint::int)::int as last from ops_errors',
  );
  expect(left).toEqual([{ count: 1000, last: 1000 }]);
});
