import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { signedIn } from '../support/people.js';
import { AppProcess } from '../support/process.js';
import type { World } from '../support/apps.js';

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
const started: AppProcess[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  env = {
    DATABASE_URL: db.url,
    SECRET_KEYS: randomBytes(32).toString('base64url'),
    ARGON2_MEMORY_KIB: '19456',
    ARGON2_PASSES: '2',
    SHUTDOWN_HOLD_MS: '0',
    METRICS_PORT: '0',
  };
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop('SIGKILL')));
  await db.drop();
});

async function start(): Promise<AppProcess> {
  const api = AppProcess.start('api', env);
  started.push(api);
  return api.listening();
}

interface Routes {
  data: { route: string; method: string; requests: number; duration: { count: number } }[];
}
interface Overview {
  instances: { state: string; pid: number }[];
}

it('a process reports what another one did until it stopped, together with its own', async () => {
  const first = await start();
  for (let n = 0; n < 3; n += 1) await fetch(`${first.url}/v1/users/me`);
  expect(await first.stop()).toEqual({ code: 0, signal: null });

  const second = await start();
  for (let n = 0; n < 4; n += 1) await fetch(`${second.url}/v1/users/me`);
  const { cookie } = await signedIn({ url: second.url, db } as World, 'viewer');
  const ask = async <T>(path: string) =>
    (await (await fetch(second.url + path, { headers: { cookie } })).json()) as T;
  const me = await eventually(
    async () => {
      const { data } = await ask<Routes>('/v1/ops/routes?period=15m');
      return data.find(({ route, requests }) => route === '/v1/users/me' && requests === 7);
    },
    { what: 'both to be counted' },
  );
  expect(me).toMatchObject({ method: 'GET', duration: { count: 7 } });
  const { instances } = await ask<Overview>('/v1/ops/overview');
  expect(new Map(instances.map(({ pid, state }) => [pid, state]))).toEqual(
    new Map([
      [first.child.pid, 'stopped'],
      [second.child.pid, 'up'],
    ]),
  );

  const port = /metrics for everybody on port (\d+)/.exec(second.output)?.[1];
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(
    /request_duration_seconds_count\{http_request_method="GET",http_route="\/v1\/users\/me",http_response_status_code="401"\} 4\n/,
  );
});
