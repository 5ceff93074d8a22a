import { type Attributes, type Counter, metrics } from '@opentelemetry/api';

const counters = new Map<string, Counter>();

/**
 * Counts one. `name` is stable, with a dot where Prometheus writes an underscore; attributes have few values each. Without
 * OTEL_EXPORTER_OTLP_ENDPOINT nobody counts. Never called while modules load: the SDK comes before all of them, tests do not.
 */
export function count(name: string, attributes: Attributes): void {
  let counter = counters.get(name);
  if (!counter) counters.set(name, (counter = metrics.getMeter('mainstay').createCounter(name)));
  counter.add(1, attributes);
}
