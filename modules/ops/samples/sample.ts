import type { Collected, MetricType } from '#libs/metrics';
import { type SlowRequest, slowestKept } from '#libs/observability';

/** What one series did in some time. The names are short because each stands in the table a million times. */
export interface Point {
  /** The values of the attributes, in the order in which the metric declares them. */
  a: string[];
  /** The increase of a counter, the sum of a histogram, the sum of the readings of a gauge. */
  v: number;
  /** How many values each bucket of a histogram got. Zeros at the end are left out. */
  c?: number[];
  /** The number of readings of a gauge. */
  n?: number;
  /** The largest reading of a gauge. */
  m?: number;
}

/** The points of each metric that changed, by its name. */
export type Sample = Record<string, Point[]>;

/**
 * No metric, but beside them in a sample: the slowest requests, each a point with method, route, status, time, request id and trace
 * id, and its seconds.
 */
export const slowestRequests = 'http.server.slowest';

type Kind = MetricType['kind'];

/** Remembers how far the metrics of the process had come, to tell what has been added since. */
export class SampleWindow {
  #seen = new Map<string, Total>();

  /** Returns what was added since the last call of {@link Next.taken}, which the caller calls when the sample is safe. */
  since(metrics: readonly Collected[]): { sample: Sample; taken: () => void } {
    const seen = new Map<string, Total>();
    const sample: Sample = {};
    for (const { type, series } of metrics) {
      const points = series.flatMap(({ attributes, value, counts }) => {
        const a = [...attributes];
        if (type.kind === 'gauge') return [{ a, v: value, n: 1, m: value }];
        const key = [type.name, ...a].join('\n');
        seen.set(key, { value, counts: [...counts] });
        return increase(a, { value, counts }, this.#seen.get(key));
      });
      if (points.length > 0) sample[type.name] = points;
    }
    return { sample, taken: () => (this.#seen = seen) };
  }
}

interface Total {
  value: number;
  counts: readonly number[];
}

function increase(a: string[], now: Total, before: Total | undefined): Point[] {
  const v = now.value - (before?.value ?? 0);
  if (now.counts.length === 0) return v === 0 ? [] : [{ a, v }];
  const c = withoutEndingZeros(now.counts.map((count, index) => count - (before?.counts[index] ?? 0)));
  return c.length === 0 ? [] : [{ a, v, c }];
}

function withoutEndingZeros(counts: number[]): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
}

/** Adds points up: histograms by bucket, and never their quantiles. `keyOf` tells which belong together. */
export function mergePoints(points: Iterable<Point>, keyOf: (point: Point) => string[]): Point[] {
  const merged = new Map<string, Point>();
  for (const point of points) {
    const a = keyOf(point);
    const key = a.join('\n');
    const into = merged.get(key);
    if (into) add(into, point);
    else merged.set(key, { ...point, a, ...(point.c && { c: [...point.c] }) });
  }
  return [...merged.values()];
}

function add(into: Point, { v, c, n, m }: Point): void {
  into.v += v;
  if (n !== undefined) into.n = (into.n ?? 0) + n;
  if (m !== undefined) into.m = Math.max(into.m ?? -Infinity, m);
  if (!c) return;
  const counts = (into.c ??= []);
  for (const [index, count] of c.entries()) counts[index] = (counts[index] ?? 0) + count;
}

/** Merges the samples of one process that follow each other. Of the slowest requests as many stay as each had. */
export function mergeSamples(samples: readonly Sample[]): Sample {
  const names = new Set(samples.flatMap((sample) => Object.keys(sample)));
  return Object.fromEntries(
    [...names].map((name) => {
      const merged = mergePoints(
        samples.flatMap((sample) => sample[name] ?? []),
        ({ a }) => a,
      );
      return [name, name === slowestRequests ? slowestOf(merged) : merged];
    }),
  );
}

const slowestOf = (points: Point[]) => points.sort((a, b) => b.v - a.v).slice(0, slowestKept);

/** Returns the slowest requests as points of a sample. */
export function pointsOfRequests(requests: readonly SlowRequest[]): Sample {
  if (requests.length === 0) return {};
  const points = requests.map(({ method, route, status, seconds, at, requestId, traceId = '' }) => ({
    a: [method, route, String(status), at, requestId, traceId],
    v: seconds,
  }));
  return { [slowestRequests]: points };
}

/** The number of values in a histogram. */
export function countOf({ c = [] }: Pick<Point, 'c'>): number {
  return c.reduce((sum, count) => sum + count, 0);
}

/**
 * Returns a quantile of a histogram, as Prometheus' histogram_quantile does: values are taken as evenly spread in their bucket, and
 * those above the last bound count as the last bound. Null without values.
 */
export function quantileOf(
  point: Pick<Point, 'c'>,
  bounds: readonly number[],
  quantile: number,
): number | null {
  const total = countOf(point);
  if (total === 0) return null;
  const rank = quantile * total;
  let below = 0;
  for (const [index, count] of (point.c ?? []).entries()) {
    if (count > 0 && below + count >= rank) {
      const upper = bounds[index];
      if (upper === undefined) return bounds.at(-1) ?? null;
      const lower = index === 0 ? 0 : bounds[index - 1]!;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1) ?? null;
}

/** What a point says on its own, by the kind of its metric. */
export function valueOf(kind: Kind, { v, n = 1 }: Point): number {
  return kind === 'gauge' ? v / n : v;
}
