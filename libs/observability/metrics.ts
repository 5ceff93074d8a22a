import { type Attributes, type Meter, metrics } from '@opentelemetry/api';

export interface MetricType {
  /** A stable name, with dots where Prometheus writes underscores. */
  name: string;
  kind: 'counter' | 'histogram' | 'gauge';
  /** The unit in UCUM, as the semantic conventions require: `s`, `By`, or the counted thing in braces. */
  unit: string;
  description: string;
  /** The attributes, with few values each: every combination of values is a separate series. */
  attributes: readonly string[];
}

type Declared<A extends string> = Omit<MetricType, 'kind' | 'attributes'> & { attributes: readonly A[] };
type By<A extends string> = Record<A, string>;

const registry = new Map<string, MetricType>();

/** Returns every metric that the loaded modules can report, sorted by name. */
export function metricTypes(): MetricType[] {
  return [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Declares a count that only grows, and returns a function that adds `amount`, by default one. */
export function defineCounter<A extends string>(metric: Declared<A>): (by: By<A>, amount?: number) => void {
  const counter = instrument({ ...metric, kind: 'counter' }, (meter, name, options) =>
    meter.createCounter(name, options),
  );
  return (by, amount = 1) => counter().add(amount, by);
}

/** Declares a distribution of values, and returns a function that records one. */
export function defineHistogram<A extends string>(metric: Declared<A>): (value: number, by: By<A>) => void {
  const histogram = instrument({ ...metric, kind: 'histogram' }, (meter, name, options) =>
    meter.createHistogram(name, options),
  );
  return (value, by) => histogram().record(value, by);
}

/** Declares a value that is read whenever metrics are sent, and returns a function that registers the reader once. */
export function defineGauge<A extends string>(
  metric: Declared<A>,
): (read: () => Promise<{ value: number; by: By<A> }[]>) => void {
  const gauge = instrument({ ...metric, kind: 'gauge' }, (meter, name, options) =>
    meter.createObservableGauge(name, options),
  );
  return (read) =>
    gauge().addCallback(async (result) => {
      for (const { value, by } of await read()) result.observe(value, by as Attributes);
    });
}

/** Creates the instrument at its first use and not while modules load: unlike the SDK, the meter of a test is installed later. */
function instrument<I>(
  { attributes, ...metric }: MetricType,
  create: (meter: Meter, name: string, options: { unit: string; description: string }) => I,
): () => I {
  const { name, unit, description } = metric;
  if (registry.has(name)) throw new Error(`Two metrics have the name ${name}.`);
  registry.set(name, { ...metric, attributes });
  let made: I | undefined;
  return () => (made ??= create(metrics.getMeter('mainstay'), name, { unit, description }));
}
