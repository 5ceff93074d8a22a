import { type Attributes, type Meter, metrics, type Observable } from '@opentelemetry/api';
import { type By as AnyBy, type MetricType, ObservedMetric, RecordedMetric, type Series } from './metric.js';

type Declared<A extends string> = Pick<MetricType, 'name' | 'unit' | 'description'> & {
  attributes: readonly A[];
};
type By<A extends string> = Record<A, string>;
type Reader<A extends string> = () =>
  Promise<{ value: number; by: By<A> }[]> | { value: number; by: By<A> }[];

/** What one metric says at a moment. */
export interface Collected {
  type: MetricType;
  series: Series[];
}

/**
 * The metrics of the process. Everything that shows metrics reads this one registry: /metrics, the samples of the console and, when
 * the SDK of OpenTelemetry is loaded, its exporter, which is told of each value as it comes. See docs/adr/0024-own-metric-registry.md.
 */
const registry = new Map<string, RecordedMetric | ObservedMetric>();

/** Returns every metric that the loaded modules can report, sorted by name. */
export function metricTypes(): MetricType[] {
  return [...registry.values()].map(({ type }) => type).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads all metrics, sorted by name. The series of counters and histograms are the live ones: copy what has to stay. */
export async function collectMetrics(): Promise<Collected[]> {
  const collected = [...registry.values()].map(async (metric) => ({
    type: metric.type,
    series: metric instanceof RecordedMetric ? [...metric.series] : await metric.read(),
  }));
  return (await Promise.all(collected)).sort((a, b) => (a.type.name < b.type.name ? -1 : 1));
}

/** Declares a count that only grows, and returns a function that adds `amount`, by default one. */
export function defineCounter<A extends string>(metric: Declared<A>): (by: By<A>, amount?: number) => void {
  const recorded = register(new RecordedMetric({ ...metric, kind: 'counter' }));
  const counter = instrument(metric, (meter, name, options) => meter.createCounter(name, options));
  return (by, amount = 1) => {
    recorded.add(amount, by);
    counter().add(amount, by);
  };
}

/** Declares a distribution of values, and returns a function that records one. Traced values become exemplars. */
export function defineHistogram<A extends string>(
  metric: Declared<A> & { buckets: readonly number[] },
): (value: number, by: By<A>) => void {
  const recorded = register(new RecordedMetric({ ...metric, kind: 'histogram' }));
  const advice = { explicitBucketBoundaries: [...metric.buckets] };
  const histogram = instrument(metric, (meter, name, options) =>
    meter.createHistogram(name, { ...options, advice }),
  );
  return (value, by) => {
    recorded.record(value, by);
    histogram().record(value, by);
  };
}

/** Declares a value that is read whenever somebody asks. Returns a function that adds a reader and returns how to remove it. */
export function defineGauge<A extends string>(metric: Declared<A>): (read: Reader<A>) => () => void {
  return observed({ ...metric, kind: 'gauge' }, (meter, name, options) =>
    meter.createObservableGauge(name, options),
  );
}

/** Declares a total that something else counts. It is read like a gauge. */
export function defineObservedCounter<A extends string>(
  metric: Declared<A>,
): (read: Reader<A>) => () => void {
  return observed({ ...metric, kind: 'counter' }, (meter, name, options) =>
    meter.createObservableCounter(name, options),
  );
}

interface Options {
  unit: string;
  description: string;
}

function observed<A extends string>(
  type: MetricType,
  create: (meter: Meter, name: string, options: Options) => Observable,
): (read: Reader<A>) => () => void {
  const metric = register(new ObservedMetric(type));
  const observable = instrument(type, create);
  return (read) => {
    const report = async (result: { observe(value: number, by: Attributes): void }) => {
      for (const { value, by } of await read()) result.observe(value, by);
    };
    const asAny = read as () => Promise<{ value: number; by: AnyBy }[]>;
    metric.add(asAny);
    observable().addCallback(report);
    return () => {
      metric.remove(asAny);
      observable().removeCallback(report);
    };
  };
}

function register<M extends RecordedMetric | ObservedMetric>(metric: M): M {
  const { name } = metric.type;
  if (registry.has(name)) throw new Error(`Two metrics have the name ${name}.`);
  registry.set(name, metric);
  return metric;
}

/** Creates the instrument at its first use and not while modules load: unlike the SDK, the meter of a test is installed later. */
function instrument<I>(
  { name, unit, description }: Options & { name: string },
  create: (meter: Meter, name: string, options: Options) => I,
): () => I {
  let made: I | undefined;
  return () => (made ??= create(metrics.getMeter('mainstay'), name, { unit, description }));
}
