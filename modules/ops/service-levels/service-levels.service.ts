import { Injectable } from '@nestjs/common';
import { attributeOf, metricOf, pointsOf } from '../reports/report-math.js';
import { isOfUsers } from '../reports/cards.js';
import { countOf, type Point } from '../samples/sample.js';
import { type SampleQuery, SampleReader } from '../samples/sample-reader.js';
import {
  availability,
  budgetLeft,
  burnRate,
  stateOf,
  type Tally,
  type Window,
  windows,
} from './burn-rate.js';
import type { ServiceLevel } from './service-levels.contract.js';

const duration = 'http.server.request.duration';
const periodDays = 30;

/** What must be reached, by the kind of route: seconds, and the share of requests that must be faster. */
const classes = [
  {
    name: 'sign-in',
    description:
      'Routes that prove who somebody is. Hashing a password takes a tenth of a second on purpose.',
    latency: [
      [0.5, 0.5],
      [1, 0.95],
      [2.5, 0.99],
    ],
  },
  {
    name: 'reads',
    description: 'GET and HEAD.',
    latency: [
      [0.1, 0.5],
      [0.5, 0.95],
      [1, 0.99],
    ],
  },
  {
    name: 'writes',
    description: 'All other methods.',
    latency: [
      [0.1, 0.5],
      [0.5, 0.95],
      [1, 0.99],
    ],
  },
] as const;
type ClassName = (typeof classes)[number]['name'];

const signIn = /^\/v1\/(sessions|sudo|registrations|password-resets|users\/me\/password|oauth\/token)/;

/** Compares what the API did with what it must reach, from the histograms of all processes. */
@Injectable()
export class ServiceLevelsService {
  constructor(private readonly samples: SampleReader) {}

  async list(): Promise<ServiceLevel[]> {
    const month = this.#pointsOf(periodDays * 86_400);
    const names = Object.keys(windows) as Window[];
    const recent = names.map(async (name) => [name, await this.#pointsOf(windows[name])] as const);
    const [points, byWindow] = await Promise.all([month, Promise.all(recent)]);
    return classes.map(({ name, description, latency }) => {
      const own = points.filter((point) => classOf(point) === name);
      const tally = tallyOf(own);
      const burn = Object.fromEntries(
        byWindow.map(([window, all]) => [
          window,
          burnRate(tallyOf(all.filter((point) => classOf(point) === name))),
        ]),
      ) as Record<Window, number | null>;
      return {
        class: name,
        description,
        period_days: periodDays,
        ...tally,
        availability: {
          objective: availability,
          value: tally.requests === 0 ? null : 1 - tally.failed / tally.requests,
          budget_left: budgetLeft(tally),
          burn,
        },
        latency: latency.map(([threshold, objective]) => ({
          threshold_seconds: threshold,
          objective,
          value: shareWithin(own, threshold),
        })),
        state: stateOf(burn),
        runbook: 'docs/runbooks/error-budget.md',
      };
    });
  }

  /** Returns what counts: not refusals by quota, clients that left, paths without a route, probes and the console. */
  async #pointsOf(seconds: number): Promise<Point[]> {
    const samples = await this.samples.read({
      metrics: [duration],
      seconds,
      resolution: resolutionFor(seconds),
    });
    return pointsOf(samples, duration).filter(
      (point) =>
        isOfUsers(point) &&
        attributeOf(duration, 'http.route', point) !== 'unmatched' &&
        !['429', '499'].includes(statusOf(point)),
    );
  }
}

function resolutionFor(seconds: number): SampleQuery['resolution'] {
  if (seconds <= 3600) return '10s';
  return seconds <= 86_400 ? '1m' : '1h';
}

const statusOf = (point: Point) => attributeOf(duration, 'http.response.status_code', point) ?? '';

function classOf(point: Point): ClassName {
  const method = attributeOf(duration, 'http.request.method', point) ?? '';
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return signIn.test(attributeOf(duration, 'http.route', point) ?? '') ? 'sign-in' : 'writes';
}

function tallyOf(points: readonly Point[]): Tally {
  const failed = points.filter((point) => statusOf(point) >= '500');
  const sum = (some: readonly Point[]) => some.reduce((total, point) => total + countOf(point), 0);
  return { requests: sum(points), failed: sum(failed) };
}

/** Returns the share of requests that took no longer. The threshold is the bound of a bucket, so the share is exact. */
function shareWithin(points: readonly Point[], threshold: number): number | null {
  const { requests } = tallyOf(points);
  if (requests === 0) return null;
  const last = metricOf(duration).buckets!.indexOf(threshold);
  const within = points.reduce((sum, { c = [] }) => sum + countOf({ c: c.slice(0, last + 1) }), 0);
  return within / requests;
}
