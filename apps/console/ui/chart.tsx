import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { deploys, refreshDeploys } from '../data/deploys.js';
import { figure, utc } from '../data/words.js';
import { colourOf, onColours } from './colours.js';
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

const height = 172;

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
  const [first = 0, second = first] = times.map((at) => Date.parse(at));
  const end = first + times.length * (second - first);
  const marks = deploys.value.filter(({ at }) => Date.parse(at) >= first && Date.parse(at) < end);
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

  const last = lines.map(
    ({ label, values }) =>
      `${label} ${figure(
        values.findLast((value) => value !== null),
        unit,
      )}`,
  );
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="quiet">{last.join(' · ')}</span>
        {marks.length > 0 && (
          <span class="quiet">
            {`Deploys: ${marks.map(({ version, at }) => `${version} at ${utc(at)}`).join(', ')}`}
          </span>
        )}
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

interface Mark {
  at: string;
  version: string;
}

/** Draws a line where another release began to run. The caption has the same in words. */
const markers = (marks: Mark[]): uPlot.Plugin => ({
  hooks: {
    draw(plot) {
      const {
        ctx,
        bbox: { left, top, height: tall, width },
      } = plot;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colourOf('text');
      ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
      for (const { at, version } of marks) {
        const x = plot.valToPos(Date.parse(at) / 1000, 'x', true);
        if (x < left || x > left + width) continue;
        ctx.beginPath();
        ctx.moveTo(x, top);
        ctx.lineTo(x, top + tall);
        ctx.stroke();
        // Beside the line, on the side that has room.
        ctx.textAlign = x > left + width / 2 ? 'right' : 'left';
        ctx.fillText(` ${version} `, x, top + 12 * devicePixelRatio);
      }
      ctx.restore();
    },
  },
});

function options(unit: string, lines: Line[], marks: Mark[], width: number): uPlot.Options {
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
    plugins: [markers(marks)],
    cursor: { sync: { key: 'console' }, y: false, points: { size: 5 } },
    scales: { y: { range: (_, __, top) => [0, top > 0 ? top * 1.1 : 1] } },
    axes: [
      { ...axis, size: 26, values: (_, splits, __, ___, step) => splits.map((at) => labelOf(at, step)) },
      { ...axis, size: 58, values: (_, splits) => splits.map((value) => figure(value, unit)) },
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
