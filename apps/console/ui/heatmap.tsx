import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Point } from '../data/ops.js';
import { count, figure, utc } from '../data/words.js';
import { colourOf, onColours } from './colours.js';
import { Twin } from './twin.js';

/**
 * How values are distributed over time: a column for each moment, a row for each bucket, darker for more. An average would hide
 * that a few are slow.
 */
export function Heatmap({
  title,
  unit,
  points,
  bounds,
}: {
  title: string;
  unit: string;
  points: readonly Point[];
  bounds: readonly number[];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal('');
  const used = rangeOf(points);
  const rows = used ? used.last - used.first + 1 : 0;
  const limitOf = (bucket: number) =>
    bucket < bounds.length ? `up to ${figure(bounds[bucket], unit)}` : `above ${figure(bounds.at(-1), unit)}`;

  useEffect(() => {
    const place = canvas.current;
    // Without a value there is nothing to paint on.
    if (!place) return;
    const draw = () => paint(place, points, used);
    draw();
    const stop = onColours(draw);
    const observer = new ResizeObserver(draw);
    observer.observe(place);
    return () => {
      stop();
      observer.disconnect();
    };
  }, [points]);

  const point = (event: PointerEvent) => {
    if (!used || !canvas.current) return;
    const { width, height } = canvas.current.getBoundingClientRect();
    const at = points[Math.floor((event.offsetX / width) * points.length)];
    const bucket = used.last - Math.floor((event.offsetY / height) * rows);
    const value = at?.buckets?.[bucket] ?? 0;
    pointed.value = at ? `${utc(at.at)}: ${count(value)} ${limitOf(bucket)}` : '';
  };
  const total = points.reduce((sum, { count: value }) => sum + (value ?? 0), 0);
  const slowest = points.reduce((most, { p99 }) => Math.max(most, p99 ?? 0), 0);
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        <span class="quiet">
          {pointed.value ||
            (total > 0 ? `${count(total)}, slowest 99 % ${figure(slowest, unit)}` : 'Nothing was measured')}
        </span>
      </figcaption>
      {used && (
        <div class="heat">
          <span class="quiet">{limitOf(used.last)}</span>
          <canvas
            ref={canvas}
            aria-hidden="true"
            onPointerMove={point}
            onPointerLeave={() => (pointed.value = '')}
          />
          <span class="quiet">{limitOf(used.first)}</span>
        </div>
      )}
      <Twin
        name={title}
        head={['Time', 'Count', '50 %', '95 %', '99 %']}
        rows={points.map(({ at, count: value, p50, p95, p99 }) => [
          utc(at),
          count(value ?? 0),
          ...[p50, p95, p99].map((quantile) => figure(quantile, unit)),
        ])}
      />
    </figure>
  );
}

/** The buckets that anything is in. */
function rangeOf(points: readonly Point[]): { first: number; last: number } | undefined {
  const used = points.flatMap(({ buckets }) =>
    (buckets ?? []).flatMap((value, index) => (value > 0 ? [index] : [])),
  );
  return used.length > 0 ? { first: Math.min(...used), last: Math.max(...used) } : undefined;
}

function paint(
  canvas: HTMLCanvasElement,
  points: readonly Point[],
  used: { first: number; last: number } | undefined,
): void {
  if (!used) return;
  const scale = devicePixelRatio;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = clientWidth * scale;
  canvas.height = clientHeight * scale;
  const pen = canvas.getContext('2d')!;
  pen.fillStyle = colourOf('active');
  const most = Math.max(...points.flatMap(({ buckets }) => buckets ?? [0]));
  const rows = used.last - used.first + 1;
  const [wide, high] = [canvas.width / points.length, canvas.height / rows];
  for (const [column, { buckets }] of points.entries())
    for (let bucket = used.first; bucket <= used.last; bucket += 1) {
      const value = buckets?.[bucket] ?? 0;
      if (value === 0) continue;
      // By the root, so that one slow request among thousands is still seen.
      pen.globalAlpha = 0.15 + 0.85 * Math.sqrt(value / most);
      pen.fillRect(column * wide, (used.last - bucket) * high, Math.max(1, wide - 0.5), high - 0.5);
    }
}
