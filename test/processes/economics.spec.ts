import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import type { World } from '../support/apps.js';
import { signedIn } from '../support/people.js';
import { AppProcess } from '../support/process.js';

/** A second of CPU costs 1, a second of the database 10, a thousand bytes 1. */
const prices = {
  currency: 'EUR',
  cpu: { cores: 2, per_core_hour: 3600 },
  database: { cores: 2, per_core_hour: 36_000 },
  storage: { per_gib_month: 0 },
  egress: { per_gib: 2 ** 30 / 1000 },
  fixed_per_month: 0,
  budget_per_month: 1,
};

/** Requests to a route that uses the CPU, and the seconds for which the database works on one to the other route. */
const quick = 2000;
const napSeconds = 0.2;

let db: TestDatabase;
let env: NodeJS.ProcessEnv;
let folder: string;
const started: AppProcess[] = [];
beforeAll(async () => {
  db = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'mainstay-prices-'));
  writeFileSync(join(folder, 'prices.json'), JSON.stringify(prices));
  env = {
    DATABASE_URL: db.url,
    SHUTDOWN_HOLD_MS: '0',
    RATE_LIMIT_DEFAULT: '100000/60',
    METRICS_PORT: '0',
    PRICES_FILE: join(folder, 'prices.json'),
  };
});
afterAll(async () => {
  await Promise.all(started.map((process) => process.stop('SIGKILL')));
  rmSync(folder, { recursive: true });
  await db.drop();
});

async function start(): Promise<AppProcess> {
  const api = AppProcess.start('api', env);
  started.push(api);
  return api.listening();
}

/** The CPU seconds that the kernel counts for a process: fields 14 and 15 of its line, in hundredths (proc(5)). */
function cpuSecondsOf({ child }: AppProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

interface Load {
  requests: number;
  /** The seconds that all requests took together, as their client saw it. */
  seconds: number;
  /** The bytes that came back, with their heads. */
  bytes: number;
}

/** Asks for a path again and again over some connections, for as long as `isEnough` is false. */
async function load(
  url: string,
  {
    cookie,
    connections,
    isEnough,
  }: { cookie: string; connections: number; isEnough: (asked: number) => boolean },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const sockets = new Set<Socket>();
  let requests = 0;
  let seconds = 0;
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const began = performance.now();
      get(url, { agent, headers: { cookie } }, (response) => {
        sockets.add(response.socket);
        response.resume().on('end', () => {
          seconds += (performance.now() - began) / 1000;
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${url}: ${response.statusCode}`));
        });
      }).on('error', reject);
    });
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (!isEnough(requests)) {
        requests += 1;
        await ask();
      }
    }),
  );
  const bytes = [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  agent.destroy();
  return { requests, seconds, bytes };
}

interface Economics {
  is_example: boolean;
  cpu: { used: number; requests: number; jobs: number; unattributed: number };
  routes: {
    route: string;
    requests: number;
    cost: { cpu: number; database: number; egress: number };
    per_request: number;
  }[];
  at_ten_times: { limits: { resource: string }[] };
  budget: { spent: number; used: number; alert: number | null };
}

const isWithinTenPercent = (value: number, expected: number) =>
  expect(Math.abs(value / expected - 1)).toBeLessThan(0.1);

// Other systems do not tell what the kernel counted.
(process.platform === 'linux' ? describe : describe.skip)('the price of a known load', () => {
  it('is that of its CPU and its bytes, within 10 %, and of its database time', async () => {
    // Each look at the schedules keeps the database busy for as long as we say.
    await db.pool.query(`alter table schedules rename to schedules_kept`);
    await db.pool.query(
      `create view schedules as select kept.* from (select pg_sleep(${napSeconds}) as nap offset 0) as nap
     left join schedules_kept as kept on true where coalesce(kept.name, '') <> ''`,
    );
    const first = await start();
    const { cookie } = await signedIn({ url: first.url, db } as World, 'viewer');

    // Two slow requests at a time are in progress all the time. Of quick ones alone there would be none whenever a busy machine
    // keeps their client waiting, and what the process does between two requests is nobody's.
    const cpuBefore = cpuSecondsOf(first);
    let isOver = false;
    const [ofQuick, ofSlow] = await Promise.all([
      load(`${first.url}/v1/users/me`, {
        cookie,
        connections: 8,
        isEnough: (asked) => asked === quick,
      }).finally(() => (isOver = true)),
      load(`${first.url}/v1/schedules`, { cookie, connections: 2, isEnough: () => isOver }),
    ]);
    const cpuAtEnd = cpuSecondsOf(first);
    const cpu = cpuAtEnd - cpuBefore;
    expect(await first.stop()).toEqual({ code: 0, signal: null });

    const second = await start();
    const answer = await fetch(`${second.url}/v1/ops/economics?period=15m`, { headers: { cookie } });
    expect(answer.status).toBe(200);
    const report = (await answer.json()) as Economics;
    const routeOf = (route: string) => report.routes.find((one) => one.route === route)!;
    const me = routeOf('/v1/users/me');
    const schedules = routeOf('/v1/schedules');
    expect(report.is_example).toBe(false);
    expect(me.requests).toBe(quick);
    isWithinTenPercent(me.cost.cpu + schedules.cost.cpu, cpu);
    isWithinTenPercent(me.cost.egress, ofQuick.bytes / 1000);
    expect(me.per_request * quick).toBeCloseTo(me.cost.cpu + me.cost.egress + me.cost.database);
    // On a busy machine an answer of the database takes longer than its work, and never longer than the whole request.
    expect(schedules.requests).toBe(ofSlow.requests);
    expect(schedules.cost.database).toBeGreaterThanOrEqual(ofSlow.requests * napSeconds * 10);
    expect(schedules.cost.database).toBeLessThan(ofSlow.seconds * 10);
    expect(report.cpu.used).toBeGreaterThanOrEqual(cpuAtEnd);
    expect(report.cpu.requests + report.cpu.jobs + report.cpu.unattributed).toBeCloseTo(report.cpu.used);
    expect(report.at_ten_times.limits).toHaveLength(4);

    expect(report.budget).toMatchObject({ alert: 1 });
    expect(report.budget.used).toBeCloseTo(report.budget.spent);
    const port = /metrics for everybody on port (\d+)/.exec(second.output)?.[1];
    const used = await eventually(
      async () => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return /^ops_budget_used_ratio (\S+)$/m.exec(text)?.[1];
      },
      { what: 'the budget to be a metric' },
    );
    expect(Number(used)).toBeGreaterThan(1);
  });
});
