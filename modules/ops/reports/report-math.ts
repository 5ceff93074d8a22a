import { metricTypes, type MetricType } from '#libs/metrics';
import { countOf, mergePoints, type Point, quantileOf } from '../samples/sample.js';
import type { ReadSample } from '../samples/sample-reader.js';
import { MetricNotFound } from './reports.contract.js';

/** Returns a metric by its name. Throws {@link MetricNotFound}. */
export function metricOf(name: string): MetricType {
  const found = metricTypes().find((type) => type.name === name);
  if (!found) throw new MetricNotFound();
  return found;
}

/** Returns the points of one metric in all samples. */
export function pointsOf(samples: readonly ReadSample[], metric: string): Point[] {
  return samples.flatMap(({ points }) => points[metric] ?? []);
}

/** Returns the value of an attribute of a point. */
export function attributeOf(metric: string, attribute: string, { a }: Point): string | undefined {
  const index = metricOf(metric).attributes.indexOf(attribute);
  return index === -1 ? undefined : a[index];
}

/** Adds up the points of a metric by some of its attributes; without any, to one point or none. */
export function groupBy(samples: readonly ReadSample[], metric: string, attributes: string[] = []): Point[] {
  return mergePoints(pointsOf(samples, metric), (point) =>
    attributes.map((attribute) => attributeOf(metric, attribute, point) ?? ''),
  );
}

/** Returns the quantiles of a histogram. */
export function latencyOf(metric: string, point: Pick<Point, 'c'> = {}) {
  const { buckets = [] } = metricOf(metric);
  return {
    count: countOf(point),
    p50: quantileOf(point, buckets, 0.5),
    p95: quantileOf(point, buckets, 0.95),
    p99: quantileOf(point, buckets, 0.99),
  };
}

/** Returns the sum of a counter or histogram, or the mean of a gauge; null without a point. */
export function totalOf(points: readonly Point[]): number {
  return points.reduce((sum, { v }) => sum + v, 0);
}

export function meanOf(points: readonly Point[]): number | null {
  const readings = points.reduce((sum, { n = 0 }) => sum + n, 0);
  return readings === 0 ? null : totalOf(points) / readings;
}

export function largestOf(points: readonly Point[]): number | null {
  return points.length === 0 ? null : Math.max(...points.map(({ m = 0 }) => m));
}
