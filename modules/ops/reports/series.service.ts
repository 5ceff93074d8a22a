import { Injectable } from '@nestjs/common';
import type { MetricType } from '#libs/metrics';
import { countOf, mergePoints, type Point } from '../samples/sample.js';
import { periods, type ReadSample, SampleReader } from '../samples/sample-reader.js';
import { attributeOf, largestOf, latencyOf, meanOf, metricOf } from './report-math.js';
import type { OpsPoint, SeriesQuery } from './reports.contract.js';

/** Milliseconds that one row covers at least. */
const sampleMs = 10_000;

/** Lines of one answer. */
const maxLines = 50;

/** Shows one metric over time, merged over all processes. */
@Injectable()
export class SeriesService {
  constructor(private readonly samples: SampleReader) {}

  /** Throws `MetricNotFound`. */
  async get({ metric, period, by, instance, ...filters }: SeriesQuery) {
    const type = metricOf(metric);
    const { seconds, resolution, stepSeconds } = periods[period];
    const samples = await this.samples.read({ metrics: [metric], seconds, resolution, instance });
    const steps = stepsOf(seconds, stepSeconds);
    const byLine = Map.groupBy(pairsOf(samples, type, filters), ({ sample, point }) =>
      lineOf(type, by, sample, point),
    );
    const lines = [...byLine]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, maxLines)
      .map(([line, pairs]) => ({ by: by ? { [by]: line } : {}, points: pointsOf(type, pairs, steps) }));
    return {
      metric,
      kind: type.kind,
      unit: type.unit,
      period,
      step_seconds: stepSeconds,
      bounds: type.buckets ? [...type.buckets] : null,
      lines: lines.length > 0 || by ? lines : [{ by: {}, points: pointsOf(type, [], steps) }],
    };
  }
}

interface Pair {
  sample: ReadSample;
  point: Point;
}

interface Steps {
  starts: number[];
  stepMs: number;
}

function stepsOf(seconds: number, stepSeconds: number): Steps {
  const stepMs = stepSeconds * 1000;
  const last = Math.floor(Date.now() / stepMs) * stepMs;
  const count = Math.ceil(seconds / stepSeconds);
  return { stepMs, starts: Array.from({ length: count }, (_, index) => last - (count - 1 - index) * stepMs) };
}

function pairsOf(
  samples: readonly ReadSample[],
  { name }: MetricType,
  { route, job, queue }: Pick<SeriesQuery, 'route' | 'job' | 'queue'>,
): Pair[] {
  const wanted = Object.entries({ 'http.route': route, job, queue }).filter(
    ([, value]) => value !== undefined,
  );
  return samples.flatMap((sample) =>
    (sample.points[name] ?? [])
      .filter((point) => wanted.every(([attribute, value]) => attributeOf(name, attribute, point) === value))
      .map((point) => ({ sample, point })),
  );
}

function lineOf({ name }: MetricType, by: string | undefined, sample: ReadSample, point: Point): string {
  if (by === undefined) return '';
  return by === 'instance' ? sample.instanceId : (attributeOf(name, by, point) ?? '');
}

function pointsOf(type: MetricType, pairs: readonly Pair[], { starts, stepMs }: Steps): OpsPoint[] {
  const byStep = Map.groupBy(pairs, ({ sample }) => Math.floor(sample.at.getTime() / stepMs) * stepMs);
  return starts.map((start) => {
    const points = byStep.get(start)?.map(({ point }) => point) ?? [];
    // The last step has only begun: what it has so far is not spread over all of it.
    const passedMs = Math.min(stepMs, Math.max(sampleMs, Date.now() - start));
    return { at: new Date(start), ...figuresOf(type, points, passedMs / 1000) };
  });
}

function figuresOf(type: MetricType, points: readonly Point[], seconds: number): Omit<OpsPoint, 'at'> {
  const none = { max: null, count: null, p50: null, p95: null, p99: null, buckets: null };
  if (type.kind === 'gauge') return { ...none, value: meanOf(points), max: largestOf(points) };
  const [merged] = mergePoints(points, () => []);
  if (type.kind === 'counter') return { ...none, value: (merged?.v ?? 0) / seconds, count: merged?.v ?? 0 };
  const count = countOf(merged ?? {});
  const buckets = [...(type.buckets ?? []), Infinity].map((_, index) => merged?.c?.[index] ?? 0);
  return { ...none, value: count / seconds, ...latencyOf(type.name, merged), buckets };
}
