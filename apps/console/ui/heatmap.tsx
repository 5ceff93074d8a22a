import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { refreshDeploys } from '../data/deploys.js';
import { href } from '../data/location.js';
import type { Point } from '../data/ops.js';
import { clock, count, day, figure, instant } from '../data/words.js';
import { onColours } from './colours.js';
import { Deploys, marksIn } from './deploy-marks.js';
import { type Cell, columnOf, firstCell, rowsOf, stepFrom, valueAt } from './heat-cells.js';
import { cellAt, paint } from './heat-paint.js';
import { Twin } from './twin.js';

/** What a cell is about: a time, and the limits of its bucket. */
export interface HeatCell {
  at: string;
  until: string;
  /** Exclusive; nothing for the lowest bucket. */
  over: number | undefined;
  /** Inclusive; nothing for the highest bucket. */
  upTo: number | undefined;
}

/**
 * How values are distributed over time: a column for each moment, a row for each bucket, darker for more. An average would hide
 * that a few are slow. Where `linkOf` is given, the chart is a link to what the cell counts: that under the pointer, or that which the
 * arrow keys have chosen.
 */
export function Heatmap({
  title,
  unit,
  points,
  bounds,
  stepSeconds,
  linkOf,
}: {
  title: string;
  unit: string;
  points: readonly Point[];
  bounds: readonly number[];
  stepSeconds: number;
  linkOf?: ((cell: HeatCell) => string) | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chosen = useSignal<{ at: string; bucket: number } | undefined>(undefined);
  const rows = rowsOf(points);
  const limitOf = (bucket: number) =>
    bucket < bounds.length ? `up to ${figure(bounds[bucket], unit)}` : `above ${figure(bounds.at(-1), unit)}`;
  const column = chosen.value ? columnOf(points, chosen.value.at) : -1;
  const marks = marksIn(points.map(({ at }) => at));
  const cell = column < 0 ? undefined : { column, bucket: chosen.value!.bucket };
  const choose = ({ column: index, bucket }: Cell) => {
    const point = points[index];
    if (point) chosen.value = { at: point.at, bucket };
  };

  useEffect(() => {
    const place = canvas.current;
    // Without a value there is nothing to paint on.
    if (!place || !rows) return;
    const draw = () =>
      paint(place, points, rows, {
        chosen: cell,
        marks,
        limitOf: (bucket) =>
          bucket < bounds.length ? figure(bounds[bucket], unit) : `> ${figure(bounds.at(-1), unit)}`,
        timeOf: stepSeconds >= 7200 ? day : clock,
      });
    draw();
    const stop = onColours(draw);
    const observer = new ResizeObserver(draw);
    observer.observe(place);
    return () => {
      stop();
      observer.disconnect();
    };
  }, [points, cell?.column, cell?.bucket, marks.length]);
  useEffect(refreshDeploys, [points]);

  const point = (event: PointerEvent) => {
    const at = rows && canvas.current && cellAt(canvas.current, points.length, rows, event);
    if (at) choose(at);
    else chosen.value = undefined;
  };
  const wordsOf = (of: Cell) =>
    `${instant(points[of.column]!.at)}: ${count(valueAt(points, of))} ${limitOf(of.bucket)}`;
  const total = points.reduce((sum, { count: value }) => sum + (value ?? 0), 0);
  const slowest = points.reduce((most, { p99 }) => Math.max(most, p99 ?? 0), 0);
  const target = rows && (cell ?? firstCell(points, rows));
  const picture = (
    <canvas
      ref={canvas}
      aria-hidden="true"
      onPointerMove={point}
      onPointerLeave={() => (chosen.value = undefined)}
    />
  );
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="quiet" role="status">
          {cell
            ? wordsOf(cell)
            : total > 0
              ? `${count(total)}, 99 % within ${figure(slowest, unit)} at worst`
              : ''}
        </span>
        <Deploys marks={marks} />
      </figcaption>
      {rows ? (
        <div class="heat">
          {linkOf && target ? (
            <a
              href={href(linkOf(cellOf(points, bounds, stepSeconds, target)))}
              aria-label={`${title}: what a cell counts. Arrow keys choose it.`}
              onFocus={(event) => {
                // A press of the pointer has chosen the cell under it already.
                if (event.currentTarget.matches(':focus-visible') && !cell) choose(target);
              }}
              onBlur={() => (chosen.value = undefined)}
              onKeyDown={(event) => {
                const next = stepFrom(points, rows, target, event.key);
                if (next) choose(next);
                if (event.key.startsWith('Arrow')) event.preventDefault();
              }}
            >
              {picture}
            </a>
          ) : (
            picture
          )}
        </div>
      ) : (
        <p class="plot nothing">Nothing was measured in this period</p>
      )}
      <Twin
        name={title}
        head={['Time', 'Count', '50 %', '95 %', '99 %']}
        rows={points.map(({ at, count: value, p50, p95, p99 }) => [
          instant(at),
          count(value ?? 0),
          ...[p50, p95, p99].map((quantile) => figure(quantile, unit)),
        ])}
      />
    </figure>
  );
}

function cellOf(
  points: readonly Point[],
  bounds: readonly number[],
  stepSeconds: number,
  { column, bucket }: Cell,
): HeatCell {
  const { at } = points[column]!;
  const until = new Date(Date.parse(at) + stepSeconds * 1000).toISOString();
  return { at, until, over: bounds[bucket - 1], upTo: bounds[bucket] };
}
