import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { createPool, Database } from '#libs/database';
import { LogLevel } from '#libs/observability';
import { createTestDatabase, eventually, TcpProxy, type TestDatabase } from '#libs/testing';
import { ErrorRecorder } from '../errors/error-recorder.js';
import { Sampler } from '../samples/sampler.js';
import { LogLevelSync } from './log-level-sync.js';

let test: TestDatabase;
let proxy: TcpProxy;
let db: Database;
let sampler: Sampler;
let sync: LogLevelSync;
const level = new LogLevel(pino({ level: 'error' }, { write: () => {} }), 'error');

beforeAll(async () => {
  test = await createTestDatabase();
  proxy = await TcpProxy.to(test.url);
  db = new Database(createPool(proxy.through(test.url), { role: 'api', max: 2 }));
  const options = { app: 'api', metricsPort: undefined } as const;
  sampler = new Sampler(db, options, new ErrorRecorder(db), level);
  sync = new LogLevelSync(db, options, sampler, level);
});
afterAll(async () => {
  await db?.pool.end();
  await proxy?.down();
  await test?.drop();
});

/** What an operator decided, and what the process makes of it. */
async function levelAfter(name: string, target: string, until = `now() + interval '1 hour'`) {
  await test.pool.query(
    `insert into ops_log_level (id, level, target, until) values (1, $1, $2, ${until})
     on conflict (id) do update set level = $1, target = $2, until = ${until}`,
    [name, target],
  );
  await sync.follow();
  return level.current;
}

it('without a change the level stays', async () => {
  await sync.follow();
  expect(level.current).toBe('error');
});

it('a change counts for all, for an app or for one process, until it is over', async () => {
  expect(await levelAfter('debug', 'all')).toBe('debug');
  expect(await levelAfter('info', 'api')).toBe('info');
  expect(await levelAfter('debug', 'worker')).toBe('error');
  expect(await levelAfter('trace', sampler.instanceId)).toBe('trace');
  await sampler.flush();
  const { rows } = await test.pool.query('select log_level from ops_instances');
  expect(rows).toEqual([{ log_level: 'trace' }]);
  expect(await levelAfter('trace', 'all', 'now()')).toBe('error');
});

it('goes back in time while the database is away', async () => {
  const change = () => levelAfter('debug', 'all', `now() + interval '1 second'`);
  await eventually(async () => (await change()) === 'debug', { what: 'a look within the second' });
  await proxy.down();
  await expect(sync.follow()).rejects.toThrow(Error);
  await eventually(async () => level.current === 'error', { what: 'the level is that of before' });
});
