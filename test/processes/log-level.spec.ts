import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createClient, dataOf } from '#libs/client';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { existing, password } from '../support/people.js';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
const started: AppProcess[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  env = {
    DATABASE_URL: db.url,
    ...dearHashing,
  };
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop('SIGKILL')));
  await db?.drop();
});

async function start(app: 'api' | 'worker'): Promise<AppProcess> {
  const process = AppProcess.start(app, env);
  started.push(process);
  return process.listening();
}

const says = (process: AppProcess, line: string) =>
  eventually(async () => process.output.includes(line), { what: `"${line}"` });

it('an operator makes both processes say more, also one that starts later, until the time is over', async () => {
  const [api, worker] = await Promise.all([start('api'), start('worker')]);
  const client = createClient({ baseUrl: api.url });
  const email = await existing({ db }, 'operator');
  dataOf(await client.POST('/v1/sessions', { body: { email, password } }));
  dataOf(await client.POST('/v1/sudo', { body: { password } }));
  const change = { level: 'debug', target: 'all', minutes: 1, reason: 'Mail is late.' } as const;
  const params = { header: { 'If-Match': '"v0"' } };
  const { version } = dataOf(await client.PUT('/v1/ops/log-level', { params, body: change }));
  expect(version).toBe(1);
  for (const process of [api, worker]) await says(process, 'the level is debug, it was info');

  await worker.stop('SIGKILL');
  const next = await start('worker');
  await says(next, 'the level is debug, it was info');

  // As if the minute had passed.
  await db.pool.query('update ops_log_level set until = now()');
  for (const process of [api, next]) await says(process, 'the level is info, it was debug');
});
