import { getSeries, type Lines, period, type Series } from '../../data/ops.js';
import { seldom, useResource } from '../../data/resource.js';
import { shortId } from '../../data/words.js';
import { Chart } from '../../ui/chart.js';
import { type HeatCell, Heatmap } from '../../ui/heatmap.js';
import { LoadState } from '../../ui/parts.js';

/** Loads one metric over the period of the page. */
function useSeries(metric: string, more: Lines = {}) {
  const key = `series ${metric} ${period()} ${JSON.stringify(more)}`;
  return useResource(key, () => getSeries(metric, more), { every: seldom });
}

interface Props {
  metric: string;
  title: string;
  more?: Lines;
  /** What the line of a value of the attribute is called. */
  nameOf?: (value: string) => string;
}

/** A metric as lines: the quantiles of a histogram, or one line for each value of an attribute. */
export function SeriesChart({ metric, title, more = {}, nameOf = shortId }: Props) {
  const series = useSeries(metric, more);
  const { data } = series;
  if (!data) return <LoadState of={series} />;
  const { times, lines } = linesOf(data, title, nameOf);
  return <Chart title={title} unit={data.unit} times={times} lines={lines} />;
}

/** A histogram as a heatmap, whose cells may lead to what they count. */
export function SeriesHeatmap({
  metric,
  title,
  more = {},
  linkOf,
}: Props & { linkOf?: (cell: HeatCell) => string }) {
  const series = useSeries(metric, more);
  const { data } = series;
  if (!data) return <LoadState of={series} />;
  return (
    <Heatmap
      title={title}
      unit={data.unit}
      points={data.lines[0]?.points ?? []}
      bounds={data.bounds ?? []}
      stepSeconds={data.step_seconds}
      linkOf={linkOf}
    />
  );
}

function linesOf({ kind, lines }: Series, title: string, nameOf: (value: string) => string) {
  const times = lines[0]?.points.map(({ at }) => at) ?? [];
  if (kind === 'histogram') {
    const points = lines[0]?.points ?? [];
    const quantiles = [
      ['50 %', 'p50'],
      ['95 %', 'p95'],
      ['99 %', 'p99'],
    ] as const;
    return {
      times,
      lines: quantiles.map(([label, name]) => ({ label, values: points.map((point) => point[name]) })),
    };
  }
  return {
    times,
    lines: lines.map(({ by, points }) => ({
      label: Object.values(by).map(nameOf).join(' ') || title,
      values: points.map(({ value }) => value),
    })),
  };
}
