import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { refreshDeploys } from '../data/deploys.js';
import { figure, utc } from '../data/words.js';
import { colourOf, onColours } from './colours.js';
import { Deploys, drawMarks, type Mark, marksIn, namesHeight } from './deploy-marks.js';
import { Twin } from './twin.js';

export interface Line {
  label: string;
  values: (number | null)[];
}

/** Colour alone tells no two lines apart. */
const looks: { token: string; dash: number[] }[] = [
  { token: 'active', dash: [] },
  { token: 'warning', dash: [6, 3] },
  { token: 'bad', dash: [2, 3] },
  { token: 'good', dash: [8, 3, 2, 3] },
  { token: 'quiet', dash: [1, 3] },
];

/** Pixels of all charts, so that those beside each other stand in line. */
const height = 172;
export const axisWidth = 58;

/** Lines over time, with a cursor that all charts of the page share. */
export function Chart({
  title,
  unit,
  times,
  lines,
}: {
  title: string;
  unit: string;
  times: string[];
  lines: Line[];
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = [
    times.map((at) => Date.parse(at) / 1000),
    ...lines.map(({ values }) => values),
  ] as uPlot.AlignedData;
  const latest = useRef(data);
  latest.current = data;
  const labels = lines.map(({ label }) => label).join('|');
  const marks = marksIn(times);
  const marked = marks.map(({ at }) => at).join('|');

  useEffect(() => {
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        options(unit, lines, marks, place.current!.clientWidth),
        latest.current,
        place.current!,
      );
    };
    draw();
    const stop = onColours(draw);
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: place.current?.clientWidth ?? 300, height }),
    );
    observer.observe(place.current!);
    return () => {
      stop();
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [unit, labels, marked]);
  useEffect(() => {
    plot.current?.setData(latest.current);
    refreshDeploys();
  }, [data]);

  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <ul class="legend">
          {lines.map(({ label, values }, index) => (
            <li key={label}>
              <Swatch look={looks[index % looks.length]!} />
              {label}{' '}
              <span>
                {figure(
                  values.findLast((value) => value !== null),
                  unit,
                )}
              </span>
            </li>
          ))}
        </ul>
        <Deploys marks={marks} />
      </figcaption>
      <div ref={place} class="plot" aria-hidden="true" />
      <Twin
        name={title}
        head={['Time', ...lines.map(({ label }) => label)]}
        rows={times.map((at, index) => [utc(at), ...lines.map(({ values }) => figure(values[index], unit))])}
      />
    </figure>
  );
}

/** A line needs two points beside each other; a process that has just started has none. */
const isSparse = (values: (number | null)[]) => values.filter((value) => value !== null).length < 5;

/** In UTC, as all times here: the day where a step is one, and else the time of the day. */
function labelOf(at: number, step: number): string {
  const time = new Date(at * 1000).toISOString();
  return step >= 86_400 ? time.slice(5, 10) : time.slice(11, 16);
}

const Swatch = ({ look: { token, dash } }: { look: (typeof looks)[number] }) => (
  <svg class={token} viewBox="0 0 18 4" aria-hidden="true">
    <path d="M0 2H18" stroke-dasharray={dash.join(' ')} />
  </svg>
);

const markers = (marks: readonly Mark[]): uPlot.Plugin => ({
  hooks: {
    draw: (plot) => drawMarks(plot.ctx, marks, (ms) => plot.valToPos(ms / 1000, 'x', true), plot.bbox),
  },
});

/** Bytes are counted in powers of two, and so are the steps of their axis. */
const byteSteps = Array.from({ length: 45 }, (_, power) => 2 ** power);

function options(unit: string, lines: Line[], marks: readonly Mark[], width: number): uPlot.Options {
  const axis = {
    stroke: colourOf('quiet'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: colourOf('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(200, width),
    height,
    legend: { show: false },
    // Room for the names of releases, and for half of the last time.
    padding: [namesHeight, 18, 0, 0],
    plugins: [markers(marks)],
    cursor: { sync: { key: 'console' }, y: false, points: { size: 5 } },
    scales: { y: { range: (_, __, top) => [0, top > 0 ? top * 1.1 : 1] } },
    axes: [
      { ...axis, size: 26, values: (_, splits, __, ___, step) => splits.map((at) => labelOf(at, step)) },
      {
        ...axis,
        size: axisWidth,
        values: (_, splits) => splits.map((value) => figure(value, unit)),
        ...(unit === 'By' && { incrs: byteSteps }),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, values }, index) => {
        const { token, dash } = looks[index % looks.length]!;
        return {
          label,
          stroke: colourOf(token),
          width: 1.5,
          dash,
          points: { show: isSparse(values), size: 4 },
        };
      }),
    ],
  };
}
