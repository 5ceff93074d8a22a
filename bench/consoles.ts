import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { insert } from '../tools/database/seed.js';
import { busyProcesses, liveSamples, sampleRows } from '../tools/database/samples.js';
import { signedInCookie } from './administrator.js';
import type { Seeded } from './database.js';
import { startMainstay } from './processes.js';
import { scenarios } from './scenarios.js';
import type { Server } from './server.js';
import { median, type Spread, spread } from './statistics.js';

export interface Consoles {
  /** Milliseconds: the 95 % of a user's requests while nobody has a console open, and while all are. */
  without: number;
  with: number;
  /** Of neighbours in time. */
  ratio: Spread;
}

/** Consoles that are open. */
export const consoles = 30;

/** What an open page asks for again and again, and after how many seconds. test/browser/console-lists.spec.ts compares it with a browser. */
export const asks: Record<string, [path: string, everySeconds: number][]> = {
  '/': [
    ['/v1/ops/overview', 5],
    ['/v1/ops/errors?limit=5', 15],
    ['/v1/queues', 15],
    ['/v1/audit-events?limit=50', 15],
  ],
  '/http': [
    ['/v1/ops/service-levels', 15],
    ['/v1/ops/series?metric=http.server.request.duration&period=1h', 15],
    ['/v1/ops/slowest-requests?period=1h', 15],
    ['/v1/ops/routes?period=1h', 15],
    ['/v1/ops/deploys', 30],
  ],
  '/jobs': [['/v1/jobs?limit=50', 5]],
};

/** Requests of users a second: as many as a small installation has, and few enough that none waits for another. */
const perSecond = 100;

/** Measures in turns without and with consoles, so that other work of the machine affects both. */
export async function measureConsoles(
  seeded: Seeded,
  { rounds, seconds }: { rounds: number; seconds: number },
  signal: AbortSignal,
): Promise<Consoles> {
  await fill(seeded.url);
  const server = await startMainstay(seeded.url);
  try {
    const cookie = await signedInCookie(seeded.url, server);
    const { read } = scenarios(seeded, cookie);
    const send = async () => {
      const { path, ...request } = read.request();
      await answered(server, path, request);
    };
    await latencies(send, 2, signal);
    const [without, during]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      without.push(p95(await latencies(send, seconds, signal)));
      during.push(p95(await withConsoles(server, cookie, signal, () => latencies(send, seconds, signal))));
    }
    return {
      without: median(without),
      with: median(during),
      ratio: spread(during.map((value, round) => value / without[round]!)),
    };
  } finally {
    await server.stop();
  }
}

/** Runs work while the consoles are open. */
async function withConsoles<T>(
  server: Server,
  cookie: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const closing = new AbortController();
  const open = openConsoles(server, cookie, AbortSignal.any([signal, closing.signal]));
  try {
    return await work();
  } finally {
    closing.abort();
    await open;
  }
}

/** Figures of an hour, of three processes: what an answer is made of when an installation is used. */
async function fill(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const now = new Date();
    const started = { version: '1', started_at: now, last_seen_at: now };
    await insert(
      client,
      'ops_instances',
      busyProcesses.map((process) => ({ ...process, ...started })),
    );
    await insert(client, 'ops_samples', [...sampleRows(now), ...liveSamples(now.getTime())]);
  } finally {
    await client.end();
  }
}

/** Opens a third of the consoles on each page, one after the other over five seconds, and closes all when `signal` aborts. */
async function openConsoles(server: Server, cookie: string, signal: AbortSignal): Promise<void> {
  const pages = Object.values(asks);
  const works = Array.from({ length: consoles }, (_, n) =>
    pages[n % pages.length]!.map(async ([path, everySeconds]) => {
      await delay((n / consoles) * 5000, undefined, { signal });
      for (;;) {
        await answered(server, path, { method: 'GET', headers: { cookie } });
        await delay(everySeconds * 1000, undefined, { signal });
      }
    }),
  );
  const ends = await Promise.allSettled(works.flat());
  const failed = ends.find(
    (end): end is PromiseRejectedResult =>
      end.status === 'rejected' && (end.reason as Error).name !== 'AbortError',
  );
  if (failed) throw failed.reason;
}

/** Sends a request every few milliseconds, whatever the others do, and returns how many milliseconds each took. */
async function latencies(send: () => Promise<void>, seconds: number, signal: AbortSignal): Promise<number[]> {
  const began = performance.now();
  const sent: Promise<number>[] = [];
  for (let n = 0; n < seconds * perSecond; n += 1) {
    const due = began + (n * 1000) / perSecond - performance.now();
    if (due > 0) await delay(due, undefined, { signal });
    const at = performance.now();
    const answer = send().then(() => performance.now() - at);
    // Told at the end, by Promise.all.
    answer.catch(() => {});
    sent.push(answer);
  }
  return Promise.all(sent);
}

async function answered({ url }: Server, path: string, request: RequestInit): Promise<void> {
  const response = await fetch(url + path, request);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${path}: status ${response.status}.`);
}

function p95(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)]!;
}
