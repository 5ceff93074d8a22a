import { randomUUID } from 'node:crypto';
import { metricTypes } from '#libs/metrics';
// They declare the metrics of which these are the figures.
import '#libs/http';
import '#libs/queue';
import { idOf, type Row } from './rows.js';

/** One series of a metric in some time, as `Sample` has it. */
interface Point {
  a: string[];
  v: number;
  c?: number[];
  n?: number;
  m?: number;
}
type Metrics = Record<string, Point[]>;

interface Process {
  id: string;
  app: 'api' | 'worker';
}

const second = 1000;
const minute = 60 * second;
const startOf = (time: Date | number, length: number) => Math.floor(Number(time) / length) * length;

/** Three that there are not, for `ops_instances`. */
export const busyProcesses: (Process & { host: string; pid: number })[] = [
  { id: idOf('process', 1), app: 'api', host: 'api-7c9d', pid: 17 },
  { id: idOf('process', 2), app: 'api', host: 'api-b41e', pid: 17 },
  { id: idOf('process', 3), app: 'worker', host: 'worker-2f', pid: 19 },
];

/** Minutes ago: the half-hour in which the mail server and the database were slow, after a deploy. */
const trouble = { from: 26, to: 18 };
const isTrouble = (ago: number) => ago <= trouble.from && ago >= trouble.to;

const routes: [method: string, route: string, aMinute: number, seconds: number, status: string][] = [
  ['GET', '/v1/users/:id', 540, 0.009, '200'],
  ['GET', '/v1/sessions/current', 420, 0.004, '200'],
  ['GET', '/v1/users', 160, 0.022, '200'],
  ['GET', '/v1/jobs/:id', 120, 0.006, '200'],
  ['POST', '/v1/sessions', 48, 0.11, '201'],
  ['PATCH', '/v1/users/:id', 34, 0.018, '200'],
  ['GET', '/v1/jobs', 28, 0.04, '200'],
  ['POST', '/v1/user-exports', 9, 0.021, '202'],
  ['DELETE', '/v1/sessions/current', 7, 0.008, '204'],
  ['POST', '/v1/registrations', 5, 0.014, '202'],
  ['POST', '/v1/user-imports', 2, 0.24, '202'],
];

const jobs: [job: string, aMinute: number, waitSeconds: number, runSeconds: number][] = [
  ['auth.notify', 14, 0.04, 0.3],
  ['users.export', 9, 0.12, 1.8],
  ['users.import', 2, 0.2, 9],
  ['ops.roll-up-samples', 1, 0.02, 0.05],
  ['audit.seal', 1, 0.02, 0.03],
];

const statements: [operation: string, aRequest: number, seconds: number][] = [
  ['SELECT', 1.6, 0.0016],
  ['UPDATE', 0.3, 0.003],
  ['INSERT', 0.24, 0.0028],
  ['DELETE', 0.02, 0.004],
  ['BEGIN', 0.2, 0.0008],
  ['COMMIT', 0.2, 0.005],
];

/** A tide with a small wave on it, the same for the same minute. */
const tide = (ago: number) => 1 + 0.25 * Math.sin(ago / 9) + 0.08 * Math.sin(ago * 2.7);

/** Values around a middle: most near it, a few of a hundred far above. */
const spread: [times: number, share: number][] = [
  [0.5, 0.2],
  [1, 0.45],
  [2, 0.24],
  [4, 0.08],
  [12, 0.025],
  [40, 0.005],
];

function histogram(metric: string, a: string[], count: number, middle: number): Point[] {
  const bounds = metricTypes().find(({ name }) => name === metric)!.buckets!;
  const c = Array<number>(bounds.length + 1).fill(0);
  let v = 0;
  for (const [times, share] of spread) {
    const value = middle * times;
    const many = Math.round(count * share);
    const index = bounds.findIndex((bound) => value <= bound);
    c[index < 0 ? bounds.length : index]! += many;
    v += many * value;
  }
  return v === 0 ? [] : [{ a, v, c }];
}

const gauge = (v: number, ...a: string[]): Point[] => [{ a, v, n: 1, m: v }];
const counter = (v: number, ...a: string[]): Point[] => (v === 0 ? [] : [{ a, v }]);

/** What a process measures in a minute, `ago` minutes ago, times `share`: a sixth of it is what it measures in ten seconds. */
function busyMinute({ app }: Pick<Process, 'app'>, ago: number, share = 1): Metrics {
  const slow = isTrouble(ago) ? 6 : 1;
  const own = app === 'api' ? ofRequests(ago, share, slow) : ofJobs(ago, share, slow);
  const isApi = app === 'api';
  const use = (isApi ? 0.32 : 0.18) * tide(ago) + (slow > 1 ? 0.25 : 0);
  const delay = 0.004 + 0.003 * tide(ago) + (slow > 1 ? 0.05 : 0);
  const heap = (isApi ? 118 : 92) * 2 ** 20 * (0.9 + 0.1 * tide(ago * 3));
  const used = Math.round((isApi ? 3 : 2) * tide(ago) + (slow > 1 ? 5 : 0));
  const queries = isApi ? 690 * share * tide(ago) : 60 * share;
  return {
    ...own,
    'db.client.operation.duration': statements.flatMap(([name, each, seconds]) =>
      histogram('db.client.operation.duration', [name], queries * each, seconds * slow),
    ),
    'db.client.connection.wait_time': histogram(
      'db.client.connection.wait_time',
      [app],
      queries,
      0.0004 * slow ** 2,
    ),
    'db.client.connections.usage': [...gauge(used, app, 'used'), ...gauge(10 - used, app, 'idle')],
    'db.client.connection.max': gauge(10, app),
    'db.client.connection.pending_requests': gauge(slow > 1 ? 7 : 0, app),
    'nodejs.eventloop.time': [
      ...counter(60 * share * use, 'active'),
      ...counter(60 * share * (1 - use), 'idle'),
    ],
    'nodejs.eventloop.delay.p50': gauge(delay / 4),
    'nodejs.eventloop.delay.p99': gauge(delay),
    'nodejs.eventloop.delay.max': gauge(delay * 2.5),
    'process.cpu.time': [...counter(48 * share * use, 'user'), ...counter(6 * share * use, 'system')],
    'process.memory.usage': gauge(heap * 1.8),
    'v8js.memory.heap.used': gauge(heap),
    'v8js.memory.heap.limit': gauge(2 ** 31),
    'v8js.gc.duration': histogram('v8js.gc.duration', ['minor'], 30 * share, 0.0015),
    'mainstay.dependency': dependenciesAt(app, ago),
  };
}

const into = (metrics: Metrics) => {
  const add = (name: string, points: Point[]) => (metrics[name] = [...(metrics[name] ?? []), ...points]);
  return {
    add,
    measure: (name: string, a: string[], count: number, middle: number) =>
      add(name, histogram(name, a, count, middle)),
  };
};

function ofRequests(ago: number, share: number, slow: number): Metrics {
  const metrics: Metrics = {
    'http.server.shed': [],
    'rate_limit.refused': counter(slow > 1 ? 4 : 0, 'auth'),
  };
  const { add, measure } = into(metrics);
  for (const [method, route, aMinute, seconds, status] of routes) {
    const count = aMinute * tide(ago) * share;
    const failed = isTrouble(ago) ? count * 0.04 : 0;
    const refused = route.includes('sessions') && method === 'POST' ? count * 0.2 : count * 0.012;
    const at = (code: string, many: number, middle: number) =>
      measure('http.server.request.duration', [method, route, code], many, middle);
    at(status, count - failed - refused, seconds * slow);
    at(method === 'GET' ? '404' : '422', refused, seconds / 2);
    if (failed > 0) at('503', failed * 4, 1.2);
    add('http.server.cpu.time', counter(count * seconds * 0.3, method, route));
    add('http.server.database.time', counter(count * seconds * 0.5 * slow, method, route));
    measure('http.server.statements', [method, route], count, 2);
    add('http.server.sent', counter(count * 2200, method, route));
  }
  metrics['http.server.slowest'] = [0, 1, 4].map((n) => slowRequest(ago, n, slow));
  return metrics;
}

/** As `pointsOfRequests` makes it. */
function slowRequest(ago: number, n: number, slow: number): Point {
  const [method, route, , seconds, status] = routes[(ago + n * 3) % routes.length]!;
  const at = new Date(Date.now() - ago * 60_000 - n * 7000).toISOString();
  const took = seconds * slow * (3 + ((ago * 7 + n * 5) % 11) / 2);
  const id = idOf('request', ago * 10 + n);
  return {
    a: [method, route, slow > 1 && n === 1 ? '503' : status, at, id, id.replaceAll('-', '')],
    v: took,
  };
}

function ofJobs(ago: number, share: number, slow: number): Metrics {
  const metrics: Metrics = {
    'jobs.dead': slow > 1 ? counter(1, 'users.export') : [],
    'jobs.oldest_waiting': gauge(slow > 1 ? 41 : 0.6, 'bulk'),
    'jobs.outbox_age': gauge(slow > 1 ? 3 : 0.2, 'mail'),
  };
  const { add, measure } = into(metrics);
  for (const [job, aMinute, wait, run] of jobs) {
    const count = aMinute * tide(ago) * share * (aMinute > 1 ? 4 : 1);
    const retried = slow > 1 ? count * 0.2 : 0;
    add('jobs.started', counter(Math.round(count), job));
    add('jobs.ended', [
      ...counter(Math.round(count - retried), job, 'succeeded'),
      ...counter(Math.round(retried), job, 'retried'),
      ...counter(slow > 1 && job === 'users.export' ? 1 : 0, job, 'failed'),
    ]);
    measure('jobs.wait', [job], count, wait * slow);
    measure('jobs.duration', [job], count, run * slow ** 0.5);
    add('jobs.cpu.time', counter(count * run * 0.2, job));
    add('jobs.database.time', counter(count * run * 0.3, job));
    add('jobs.statements', counter(Math.round(count * 6), job));
  }
  return metrics;
}

/** The mail server did not answer in the half-hour of trouble, and for a while six hours ago. */
function dependenciesAt(app: Process['app'], ago: number): Point[] {
  const isMailUp = !isTrouble(ago) && !(ago > 360 && ago < 400);
  const shared = [...gauge(1, 'postgres'), ...gauge(1, 'outbox')];
  return app === 'api' ? shared : [...shared, ...gauge(isMailUp ? 1 : 0, 'mail')];
}

/** What these processes measured: an hour by the minute, a day by the hour. */
export function sampleRows(now: Date): Row[] {
  const [minutes, hours] = [startOf(now, minute), startOf(now, 60 * minute)];
  const each = (length: number, row: (index: number) => Row) => Array.from({ length }, (_, n) => row(n));
  return busyProcesses.flatMap((process) => [
    ...each(60, (n) => sampleRow(process, '1m', minutes - (n + 1) * minute, busyMinute(process, n + 1))),
    ...each(92, (n) =>
      sampleRow(process, '1m', minutes - (65 + n * 15) * minute, {
        'mainstay.dependency': dependenciesAt(process.app, 65 + n * 15),
      }),
    ),
    ...each(24, (n) =>
      sampleRow(process, '1h', hours - (n + 2) * 60 * minute, busyMinute(process, 90 + n, 60)),
    ),
  ]);
}

/** What they measured in the last minute. */
export const liveSamples = (now: number): Row[] =>
  busyProcesses.flatMap((process) =>
    Array.from({ length: 6 }, (_, n) =>
      sampleRow(process, '10s', startOf(now, 10 * second) - n * 10 * second, busyMinute(process, 0, 1 / 6)),
    ),
  );

const sampleRow = ({ id, app }: Process, resolution: string, at: number, metrics: Metrics): Row => ({
  id: randomUUID(),
  resolution,
  at: new Date(at).toISOString(),
  instance_id: id,
  app,
  metrics,
});
