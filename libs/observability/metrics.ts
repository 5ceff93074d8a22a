import { type Attributes, type Meter, metrics } from '@opentelemetry/api';

export interface MetricType {
  /** Stable, with dots where Prometheus writes underscores. */
  name: string;
  kind: 'counter' | 'histogram' | 'gauge';
  /** UCUM, as the semantic conventions ask: `s`, `By`, or what is counted in braces. */
  unit: string;
  description: string;
  /** Few values each: every combination is a series of its own. */
  attributes: readonly string[];
}

type Declared<A extends string> = Omit<MetricType, 'kind' | 'attributes'> & { attributes: readonly A[] };
type By<A extends string> = Record<A, string>;

const catalogue = new Map<string, MetricType>();

/** Every metric that the loaded modules can report, by name. */
export function metricTypes(): MetricType[] {
  return [...catalogue.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A count that only grows. What it gives adds one, or as many as it is told. */
export function defineCounter<A extends string>(metric: Declared<A>): (by: By<A>, amount?: number) => void {
  const counter = instrument({ ...metric, kind: 'counter' }, (meter, name, options) =>
    meter.createCounter(name, options),
  );
  return (by, amount = 1) => counter().add(amount, by);
}

/** A distribution of values. */
export function defineHistogram<A extends string>(metric: Declared<A>): (value: number, by: By<A>) => void {
  const histogram = instrument({ ...metric, kind: 'histogram' }, (meter, name, options) =>
    meter.createHistogram(name, options),
  );
  return (value, by) => histogram().record(value, by);
}

/** A value that is asked for whenever metrics are sent. What it gives is called once, with the one to ask. */
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

/** Made at its first use and not while modules load: the SDK comes before all of them, what stands in for it in tests does not. */
function instrument<I>(
  { attributes, ...metric }: MetricType,
  create: (meter: Meter, name: string, options: { unit: string; description: string }) => I,
): () => I {
  const { name, unit, description } = metric;
  if (catalogue.has(name)) throw new Error(`Two metrics have the name ${name}.`);
  catalogue.set(name, { ...metric, attributes });
  let made: I | undefined;
  return () => (made ??= create(metrics.getMeter('mainstay'), name, { unit, description }));
}
