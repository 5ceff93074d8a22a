import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { OtlpReceiver } from '../support/otlp-receiver.js';
import { signedIn } from '../support/people.js';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';
import type { World } from '../support/apps.js';

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
const started: AppProcess[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  env = {
    DATABASE_URL: db.url,
    ...dearHashing,
    SHUTDOWN_HOLD_MS: '0',
    METRICS_PORT: '0',
  };
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop('SIGKILL')));
  await db.drop();
});

async function start(more: NodeJS.ProcessEnv = {}): Promise<AppProcess> {
  const api = AppProcess.start('api', { ...env, ...more });
  started.push(api);
  return api.listening();
}

async function metricsOf({ output }: AppProcess): Promise<string> {
  const port = /metrics for everybody on port (\d+)/.exec(output)?.[1];
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
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

  expect(await metricsOf(second)).toMatch(
    /request_duration_seconds_count\{http_request_method="GET",http_route="\/v1\/users\/me",http_response_status_code="401"\} 4\n/,
  );
});

it('a process is called the same in its log, its traces, its metrics and the console', async () => {
  const receiver = await OtlpReceiver.start();
  const api = await start({
    ...receiver.env,
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging,service.instance.id=pod-1,team=a',
  });
  await fetch(`${api.url}/v1/users/me`);
  const text = await metricsOf(api);
  await api.stop();
  receiver.close();
  const lines = api.output.split('\n').filter((line) => line.includes('"msg":"request"'));
  const inLog = JSON.parse(lines[0]!) as Record<string, string>;
  const { rows } = await db.pool.query<{ id: string; version: string }>(
    'select id, version from ops_instances where pid = $1',
    [api.child.pid],
  );
  const resource = {
    'service.name': 'mainstay-api',
    'service.version': rows[0]!.version,
    'service.instance.id': rows[0]!.id,
    'deployment.environment.name': 'staging',
  };
  expect(inLog).toMatchObject(resource);
  expect(receiver.spans[0]?.resource).toMatchObject({ ...resource, team: 'a' });
  expect(receiver.metricResources[0]).toMatchObject({ ...resource, team: 'a' });
  const labels = Object.entries(resource).map(([name, value]) => `${name.replaceAll('.', '_')}="${value}"`);
  expect(text).toContain(`\ntarget_info{${labels.join(',')}} 1\n`);
});
