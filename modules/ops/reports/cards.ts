import { countOf, type Point } from '../samples/sample.js';
import type { ReadSample } from '../samples/sample-reader.js';
import { attributeOf, groupBy, largestOf, latencyOf, meanOf, pointsOf, totalOf } from './report-math.js';
import { isRouteOfUsers } from './route-of-users.js';

export type State = 'ok' | 'degraded' | 'down';

/** A figure of the first page of the console. */
export interface CardDefinition {
  id: string;
  title: string;
  unit: string;
  metric: string;
  /** Returns the figure of one minute, from the samples of all processes. */
  valueOf: (samples: readonly ReadSample[]) => number | null;
  stateOf: (value: number) => State;
  /** Says in words what is the case when the state is not `ok`. */
  faultOf: (value: number) => string;
}

const requests = 'http.server.request.duration';
const connections = 'db.client.connections.usage';

/** What the service levels look at: probes, the console and streams are no requests of users. */
export function isOfUsers(point: Point): boolean {
  return isRouteOfUsers(attributeOf(requests, 'http.route', point) ?? '');
}

const statusOf = (point: Point) => attributeOf(requests, 'http.response.status_code', point) ?? '';
const ofUsers = (samples: readonly ReadSample[]) => pointsOf(samples, requests).filter(isOfUsers);
const count = (points: readonly Point[]) => points.reduce((sum, point) => sum + countOf(point), 0);

function shareOf(samples: readonly ReadSample[], isOne: (status: string) => boolean): number | null {
  const all = ofUsers(samples);
  const total = count(all);
  return total === 0 ? null : count(all.filter((point) => isOne(statusOf(point)))) / total;
}

function quantile(samples: readonly ReadSample[], name: 'p50' | 'p95' | 'p99'): number | null {
  const counts: number[] = [];
  for (const { c = [] } of ofUsers(samples))
    for (const [index, value] of c.entries()) counts[index] = (counts[index] ?? 0) + value;
  return latencyOf(requests, { c: Array.from(counts, (value) => value ?? 0) })[name];
}

/** The largest mean of any one process: what is spread over several must not hide in their mean. */
export function worstProcess(samples: readonly ReadSample[], figure: (own: ReadSample[]) => number | null) {
  const byProcess = Map.groupBy(samples, ({ instanceId }) => instanceId);
  const figures = [...byProcess.values()].map((own) => figure(own)).filter((value) => value !== null);
  return figures.length === 0 ? null : Math.max(...figures);
}

export function poolShare(samples: readonly ReadSample[]): number | null {
  const used = meanOf(
    pointsOf(samples, connections).filter(
      (point) => attributeOf(connections, 'db.client.connection.state', point) === 'used',
    ),
  );
  const max = meanOf(pointsOf(samples, 'db.client.connection.max'));
  return used === null || !max ? null : used / max;
}

export function loopUse(samples: readonly ReadSample[]): number | null {
  const byState = new Map(
    groupBy(samples, 'nodejs.eventloop.time', ['nodejs.eventloop.state']).map(({ a, v }) => [a[0], v]),
  );
  const active = byState.get('active') ?? 0;
  const total = active + (byState.get('idle') ?? 0);
  return total === 0 ? null : active / total;
}

const gauge = (metric: string) => (samples: readonly ReadSample[]) => largestOf(pointsOf(samples, metric));
const rate = (metric: string) => (samples: readonly ReadSample[]) => totalOf(pointsOf(samples, metric)) / 60;
const above =
  (degraded: number, down = Infinity) =>
  (value: number): State =>
    value >= down ? 'down' : value >= degraded ? 'degraded' : 'ok';
const percent = (value: number) => `${Math.round(value * 1000) / 10} %`;
const ms = (value: number) => `${Math.round(value * 1000)} ms`;
const whole = (value: number) => `${Math.round(value)} s`;

function card(
  [id, title, unit, metric]: [id: string, title: string, unit: string, metric: string],
  valueOf: CardDefinition['valueOf'],
  stateOf: CardDefinition['stateOf'] = () => 'ok',
  faultOf: CardDefinition['faultOf'] = () => '',
): CardDefinition {
  return { id, title, unit, metric, valueOf, stateOf, faultOf };
}

/** The cards, in the order in which the console shows them. ops/prometheus/rules.yml alerts for the same reasons. */
export const cards: CardDefinition[] = [
  card(
    ['requests_per_second', 'Requests', '{request}/s', requests],
    (samples) => count(ofUsers(samples)) / 60,
  ),
  card(
    ['server_errors', 'Server errors', '1', requests],
    (samples) => shareOf(samples, (status) => status >= '500'),
    above(0.01, 0.5),
    (value) => `${percent(value)} of requests fail`,
  ),
  card(['client_errors', 'Refused requests', '1', requests], (samples) =>
    shareOf(samples, (status) => status >= '400' && status < '500'),
  ),
  card(
    ['latency_p50', 'Latency, median', 's', requests],
    (samples) => quantile(samples, 'p50'),
    above(0.1),
    (value) => `half of the requests take more than ${ms(value)}`,
  ),
  card(
    ['latency_p95', 'Latency, 95 %', 's', requests],
    (samples) => quantile(samples, 'p95'),
    above(0.5),
    (value) => `one request in twenty takes more than ${ms(value)}`,
  ),
  card(
    ['latency_p99', 'Latency, 99 %', 's', requests],
    (samples) => quantile(samples, 'p99'),
    above(1),
    (value) => `one request in a hundred takes more than ${ms(value)}`,
  ),
  card(
    ['shed', 'Shed requests', '{request}/s', 'http.server.shed'],
    rate('http.server.shed'),
    (value) => (value > 0 ? 'degraded' : 'ok'),
    () => 'requests are refused because too many are in progress',
  ),
  card(['rate_limited', 'Over their limit', '{request}/s', 'rate_limit.refused'], rate('rate_limit.refused')),
  card(['jobs_per_minute', 'Jobs', '{attempt}/min', 'jobs.ended'], (samples) =>
    totalOf(pointsOf(samples, 'jobs.ended')),
  ),
  card(
    ['jobs_dead', 'New dead letters', '{job}/min', 'jobs.dead'],
    (samples) => totalOf(pointsOf(samples, 'jobs.dead')),
    (value) => (value > 0 ? 'degraded' : 'ok'),
    (value) => `${value} ${value === 1 ? 'job' : 'jobs'} failed for good in the last minute`,
  ),
  card(
    ['jobs_oldest_waiting', 'Oldest waiting job', 's', 'jobs.oldest_waiting'],
    gauge('jobs.oldest_waiting'),
    above(30),
    (value) => `a job has waited for ${whole(value)}`,
  ),
  card(
    ['outbox_age', 'Oldest in the outbox', 's', 'jobs.outbox_age'],
    gauge('jobs.outbox_age'),
    above(5),
    (value) => `a message has waited for ${whole(value)} in the outbox`,
  ),
  card(
    ['pool_use', 'Connections in use', '1', connections],
    (samples) => worstProcess(samples, poolShare),
    above(0.9),
    (value) => `a process uses ${percent(value)} of its connections`,
  ),
  card(
    ['pool_waiting', 'Waiting for a connection', '{request}', 'db.client.connection.pending_requests'],
    gauge('db.client.connection.pending_requests'),
    above(20),
    (value) => `${value} callers wait for a connection`,
  ),
  card(
    ['loop_delay', 'Event loop delay, 99 %', 's', 'nodejs.eventloop.delay.p99'],
    gauge('nodejs.eventloop.delay.p99'),
    above(0.2),
    (value) => `an event loop is ${ms(value)} late`,
  ),
  card(
    ['loop_use', 'Event loop in use', '1', 'nodejs.eventloop.time'],
    (samples) => worstProcess(samples, loopUse),
    above(0.95),
    (value) => `a process is busy for ${percent(value)} of the time`,
  ),
  card(
    ['budget', 'Budget of the month', '1', 'ops.budget.used'],
    gauge('ops.budget.used'),
    above(0.8),
    (value) => `${percent(value)} of the budget of this month is spent`,
  ),
  card(['memory', 'Largest process', 'By', 'process.memory.usage'], gauge('process.memory.usage')),
];

/** The page that says what to do when a card is not `ok`. */
export const runbooks: Record<string, string> = {
  server_errors: 'docs/runbooks/error-budget.md',
  latency_p50: 'docs/runbooks/requests-slow.md',
  latency_p95: 'docs/runbooks/requests-slow.md',
  latency_p99: 'docs/runbooks/requests-slow.md',
  shed: 'docs/runbooks/requests-shed.md',
  jobs_dead: 'docs/runbooks/jobs-dead.md',
  jobs_oldest_waiting: 'docs/runbooks/jobs-wait.md',
  outbox_age: 'docs/runbooks/outbox-old.md',
  pool_use: 'docs/runbooks/pool-exhausted.md',
  pool_waiting: 'docs/runbooks/pool-exhausted.md',
  loop_delay: 'docs/runbooks/event-loop-late.md',
  loop_use: 'docs/runbooks/event-loop-late.md',
  budget: 'docs/runbooks/budget-spent.md',
};

/** Every metric that a card needs. */
export const cardMetrics = [...new Set([...cards.map(({ metric }) => metric), 'db.client.connection.max'])];
