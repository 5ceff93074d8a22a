import type { Collected } from './define.js';
import type { Exemplar, MetricType, Series } from './metric.js';

type Format = 'prometheus' | 'openmetrics';

const contentTypes: Record<Format, string> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Returns the format for an `Accept`: OpenMetrics, which has exemplars, for whoever names it and does not prefer plain text. */
export function formatFor(accept: string | undefined): Format {
  const weights = new Map<string, number>();
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(type, Math.max(weights.get(type) ?? 0, Number(weight) || 0));
  }
  const weight = weights.get('application/openmetrics-text') ?? 0;
  return weight > 0 && weight >= (weights.get('text/plain') ?? 0) ? 'openmetrics' : 'prometheus';
}

/**
 * Writes metrics in the text format of Prometheus 0.0.4 or of OpenMetrics 1.0. A metric without a series is left out. `resource` says
 * which process they are of: as the labels of `target_info` and of nothing else, as OpenTelemetry's specification for Prometheus wants it.
 */
export function exposition(
  metrics: readonly Collected[],
  format: Format,
  resource: Readonly<Record<string, string>>,
): { contentType: string; body: string } {
  const lines = metrics
    .filter(({ series }) => series.length > 0)
    .flatMap((metric) => [...head(metric.type, format), ...metric.series.flatMap(samplesOf(metric, format))]);
  lines.unshift(...target(resource, format));
  if (format === 'openmetrics') lines.push('# EOF');
  return { contentType: contentTypes[format], body: `${lines.join('\n')}\n` };
}

const suffixes: Record<string, string> = { s: '_seconds', By: '_bytes', '1': '_ratio' };

/** Returns the name that Prometheus shows, without the endings of samples: `jobs.duration` in `s` is `jobs_duration_seconds`. */
export function prometheusName({ name, unit }: Pick<MetricType, 'name' | 'unit'>): string {
  return name.replaceAll('.', '_') + (suffixes[unit] ?? '');
}

/** Prometheus' own format has no type for what only informs. */
function target(resource: Readonly<Record<string, string>>, format: Format): string[] {
  const [name, type] = format === 'openmetrics' ? ['target', 'info'] : ['target_info', 'gauge'];
  const labels = Object.entries(resource).map(([attribute, value]) => label(attribute, value));
  return [`# HELP ${name} which process this is`, `# TYPE ${name} ${type}`, `target_info${braces(labels)} 1`];
}

function head(type: MetricType, format: Format): string[] {
  const base = prometheusName(type);
  const name = format === 'prometheus' && type.kind === 'counter' ? `${base}_total` : base;
  const unit = suffixes[type.unit]?.slice(1);
  return [
    `# HELP ${name} ${type.description.replaceAll('\\', String.raw`\\`).replaceAll('\n', ' ')}`,
    `# TYPE ${name} ${type.kind}`,
    ...(format === 'openmetrics' && unit ? [`# UNIT ${name} ${unit}`] : []),
  ];
}

function samplesOf({ type }: Collected, format: Format): (series: Series) => string[] {
  const name = prometheusName(type);
  return ({ attributes, value, counts, exemplars }) => {
    const labels = type.attributes.map((attribute, index) => label(attribute, attributes[index] ?? ''));
    if (type.kind === 'gauge') return [`${name}${braces(labels)} ${value}`];
    if (type.kind === 'counter') return [`${name}_total${braces(labels)} ${value}`];
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      const le = `le="${boundOf(type.buckets?.[index], format)}"`;
      const exemplar = format === 'openmetrics' ? exemplarOf(exemplars[index]) : '';
      return `${name}_bucket${braces([...labels, le])} ${total}${exemplar}`;
    });
    return [...buckets, `${name}_sum${braces(labels)} ${value}`, `${name}_count${braces(labels)} ${total}`];
  };
}

const label = (attribute: string, value: string) => `${attribute.replaceAll('.', '_')}="${escaped(value)}"`;

const braces = (labels: string[]) => (labels.length > 0 ? `{${labels.join(',')}}` : '');

/** OpenMetrics writes a whole bound as a float, so that both kinds of servers know it for the same series. */
function boundOf(bound: number | undefined, format: Format): string {
  if (bound === undefined) return '+Inf';
  return format === 'openmetrics' && Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function exemplarOf(exemplar: Exemplar | undefined): string {
  return exemplar ? ` # {trace_id="${exemplar.traceId}"} ${exemplar.value} ${exemplar.at / 1000}` : '';
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
