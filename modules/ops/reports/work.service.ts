import { Injectable } from '@nestjs/common';
import type { Point } from '../samples/sample.js';
import { countOf } from '../samples/sample.js';
import { type Period, periods, type ReadSample, SampleReader } from '../samples/sample-reader.js';
import { groupBy, latencyOf, pointsOf, totalOf, attributeOf } from './report-math.js';
import type { OpsJob, OpsRoute } from './reports.contract.js';
import { isRouteOfUsers } from './route-of-users.js';

const duration = 'http.server.request.duration';
const ofRoutes = [
  duration,
  'http.server.cpu.time',
  'http.server.database.time',
  'http.server.statements',
  'http.server.sent',
];
const routeKey = ['http.request.method', 'http.route'];
const status = 'http.response.status_code';

const ofJobs = [
  'jobs.started',
  'jobs.ended',
  'jobs.wait',
  'jobs.duration',
  'jobs.cpu.time',
  'jobs.database.time',
  'jobs.statements',
];

/** Shows what each route and each job did in a period, and what it cost. */
@Injectable()
export class WorkService {
  constructor(private readonly samples: SampleReader) {}

  /** Returns a row for each route that was asked for, the busiest first. */
  async listRoutes(period: Period): Promise<OpsRoute[]> {
    const samples = await this.#read(ofRoutes, period);
    const errors = countsBy(samples, (code) => code >= '500');
    const refusals = countsBy(samples, (code) => code >= '400' && code < '500');
    const allErrors = [...errors.values()].reduce((sum, count) => sum + count, 0);
    const sums = sumsBy(samples, routeKey);
    return groupBy(samples, duration, routeKey)
      .map((point) => {
        const [method = '', route = ''] = point.a;
        const key = keyOf(point);
        const requests = countOf(point);
        const serverErrors = errors.get(key) ?? 0;
        return {
          method,
          route,
          is_of_users: isRouteOfUsers(route),
          requests,
          requests_per_second: requests / periods[period].seconds,
          duration: latencyOf(duration, point),
          client_errors: refusals.get(key) ?? 0,
          server_errors: serverErrors,
          cost: {
            cpu_seconds: sums('http.server.cpu.time', key),
            database_seconds: sums('http.server.database.time', key),
            statements: sums('http.server.statements', key),
            bytes: sums('http.server.sent', key),
          },
          budget_share: allErrors === 0 ? 0 : serverErrors / allErrors,
        };
      })
      .sort((a, b) => b.requests - a.requests);
  }

  /** Returns a row for each job that was begun, the busiest first. */
  async listJobs(period: Period): Promise<OpsJob[]> {
    const samples = await this.#read(ofJobs, period);
    const sums = sumsBy(samples, ['job']);
    const ended = new Map(
      groupBy(samples, 'jobs.ended', ['job', 'outcome']).map((point) => [keyOf(point), point.v]),
    );
    const waits = byKey(groupBy(samples, 'jobs.wait', ['job']));
    const runs = byKey(groupBy(samples, 'jobs.duration', ['job']));
    const names = new Set([...runs.keys(), ...groupBy(samples, 'jobs.started', ['job']).map(keyOf)]);
    return [...names]
      .map((job) => ({
        job,
        started_per_minute: sums('jobs.started', job) / (periods[period].seconds / 60),
        succeeded: ended.get(`${job}\nsucceeded`) ?? 0,
        failed: ended.get(`${job}\nfailed`) ?? 0,
        retried: ended.get(`${job}\nretried`) ?? 0,
        skipped: ended.get(`${job}\nskipped`) ?? 0,
        wait: latencyOf('jobs.wait', waits.get(job)),
        run: latencyOf('jobs.duration', runs.get(job)),
        cost: {
          cpu_seconds: sums('jobs.cpu.time', job),
          database_seconds: sums('jobs.database.time', job),
          statements: sums('jobs.statements', job),
          bytes: null,
        },
      }))
      .sort((a, b) => b.started_per_minute - a.started_per_minute);
  }

  #read(metrics: string[], period: Period): Promise<ReadSample[]> {
    const { seconds, resolution } = periods[period];
    return this.samples.read({ metrics, seconds, resolution });
  }
}

const keyOf = ({ a }: Point) => a.join('\n');

const byKey = (points: Point[]) => new Map(points.map((point) => [keyOf(point), point]));

/** Counts requests by route whose status is one of these. */
function countsBy(samples: readonly ReadSample[], isOne: (status: string) => boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (const point of pointsOf(samples, duration)) {
    if (!isOne(attributeOf(duration, status, point) ?? '')) continue;
    const key = routeKey.map((attribute) => attributeOf(duration, attribute, point)).join('\n');
    counts.set(key, (counts.get(key) ?? 0) + countOf(point));
  }
  return counts;
}

/** Returns a function that tells the sum of a metric for a key of these attributes. */
function sumsBy(
  samples: readonly ReadSample[],
  attributes: string[],
): (metric: string, key: string) => number {
  const sums = new Map<string, Map<string, Point>>();
  return (metric, key) => {
    const known = sums.get(metric) ?? byKey(groupBy(samples, metric, attributes));
    sums.set(metric, known);
    const point = known.get(key);
    return point ? totalOf([point]) : 0;
  };
}
