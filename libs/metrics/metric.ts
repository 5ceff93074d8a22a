import { trace } from '@opentelemetry/api';
import { findContext } from '#libs/context';

export interface MetricType {
  /** A stable name, with dots where Prometheus writes underscores. */
  name: string;
  kind: 'counter' | 'histogram' | 'gauge';
  /** The unit in UCUM, as the semantic conventions require: `s`, `By`, `1` for a share, or the counted thing in braces. */
  unit: string;
  description: string;
  /** The attributes, with few values each: every combination of values is a separate series. */
  attributes: readonly string[];
  /** The upper bounds of the buckets of a histogram, inclusive and ascending; one bucket more has what is above them. */
  buckets?: readonly number[];
}

/** One measured value with the trace that it belongs to. */
export interface Exemplar {
  traceId: string;
  value: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** The values of one combination of attributes. */
export interface Series {
  /** The values of the attributes, in the order in which the metric declares them. */
  attributes: readonly string[];
  /** The total of a counter, the sum of a histogram, the value of a gauge. */
  value: number;
  /** How many values each bucket of a histogram has. They are not cumulative. */
  counts: number[];
  /** The last traced value of each bucket. */
  exemplars: (Exemplar | undefined)[];
}

export type By = Record<string, string>;

/**
 * The series that one metric may have, as in the SDKs of OpenTelemetry. Everything beyond counts as `other`, so no mistake in an
 * attribute fills the memory of a process.
 */
const maxSeries = 2000;

/** Adds up what the process reports for one counter or histogram. */
export class RecordedMetric {
  readonly #series = new Map<string, Series>();

  constructor(readonly type: MetricType) {
    // A series without attributes exists from the start: a rate needs the zero before the first event.
    if (type.attributes.length === 0) this.#seriesOf({});
  }

  /** Returns the series themselves, which go on to change. */
  get series(): Iterable<Series> {
    return this.#series.values();
  }

  add(amount: number, by: By): void {
    this.#seriesOf(by).value += amount;
  }

  record(value: number, by: By): void {
    const { buckets = [] } = this.type;
    const series = this.#seriesOf(by);
    let bucket = 0;
    while (bucket < buckets.length && value > buckets[bucket]!) bucket += 1;
    series.value += value;
    series.counts[bucket]! += 1;
    const traceId = currentTraceId();
    if (traceId) series.exemplars[bucket] = { traceId, value, at: Date.now() };
  }

  #seriesOf(by: By): Series {
    const { attributes } = this.type;
    const values = attributes.map((name) => by[name] ?? '');
    const key = values.join('\n');
    const known = this.#series.get(key);
    if (known) return known;
    if (this.#series.size < maxSeries) return this.#open(key, values);
    const other = attributes.map(() => 'other');
    return this.#series.get(other.join('\n')) ?? this.#open(other.join('\n'), other);
  }

  #open(key: string, attributes: string[]): Series {
    const buckets = this.type.buckets ? this.type.buckets.length + 1 : 0;
    const series = { attributes, value: 0, counts: Array<number>(buckets).fill(0), exemplars: [] };
    this.#series.set(key, series);
    return series;
  }
}

/** Reads the values of a metric from the place that has them. */
export type Read = () => Promise<{ value: number; by: By }[]> | { value: number; by: By }[];

/** Milliseconds that a reader has. One that needs the database must not hold up all other metrics while that is away. */
const readTimeoutMs = 1000;

/** A metric whose values are read when somebody asks for them. */
export class ObservedMetric {
  readonly #readers = new Set<Read>();

  constructor(readonly type: MetricType) {}

  add(read: Read): void {
    this.#readers.add(read);
  }

  remove(read: Read): void {
    this.#readers.delete(read);
  }

  /** Reads all values. A reader that fails or takes too long has none. Of two values with the same attributes, the last counts. */
  async read(): Promise<Series[]> {
    const series = new Map<string, Series>();
    const all = await Promise.all([...this.#readers].map((read) => withinTime(read)));
    for (const { value, by } of all.flat()) {
      const attributes = this.type.attributes.map((name) => by[name] ?? '');
      series.set(attributes.join('\n'), { attributes, value, counts: [], exemplars: [] });
    }
    return [...series.values()];
  }
}

async function withinTime(read: Read): Promise<{ value: number; by: By }[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never[]>((resolve) => (timer = setTimeout(() => resolve([]), readTimeoutMs)));
  try {
    return await Promise.race([read(), late]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the trace of the current work, or that of its caller when tracing is off here. */
function currentTraceId(): string | undefined {
  const active = trace.getActiveSpan()?.spanContext().traceId;
  // A traceparent is 00-<trace id>-<span id>-<flags>.
  return active ?? findContext()?.traceparent?.slice(3, 35);
}
