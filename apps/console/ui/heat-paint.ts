import type { Point } from '../data/ops.js';
import { axisWidth } from './chart.js';
import { colourOf } from './colours.js';
import { drawMarks, type Mark, namesHeight } from './deploy-marks.js';
import { type Cell, type Rows, valueAt } from './heat-cells.js';

/** Pixels below the cells, for the times. */
const timesHeight = 22;

/** Pixels that a label needs at least. */
const room = { time: 76, limit: 17 };

/** Minutes between two times of the axis. */
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

/** Returns the cell at a place of the canvas; its left and its foot are the axes, its head has the names of releases. */
export function cellAt(
  canvas: HTMLCanvasElement,
  columns: number,
  { first, last }: Rows,
  { offsetX, offsetY }: { offsetX: number; offsetY: number },
): Cell | undefined {
  const x = (offsetX - axisWidth) / (canvas.clientWidth - axisWidth);
  const y = (offsetY - namesHeight) / (canvas.clientHeight - timesHeight - namesHeight);
  if (x < 0 || x >= 1 || y < 0 || y >= 1) return undefined;
  return { column: Math.floor(x * columns), bucket: last - Math.floor(y * (last - first + 1)) };
}

/** Paints the cells with both axes; `limitOf` names the upper limit of a bucket. */
export function paint(
  canvas: HTMLCanvasElement,
  points: readonly Point[],
  rows: Rows,
  {
    chosen,
    marks,
    limitOf,
    timeOf,
  }: {
    chosen: Cell | undefined;
    marks: readonly Mark[];
    limitOf: (bucket: number) => string;
    timeOf: (at: string) => string;
  },
): void {
  // On its way out of the page it has no size.
  if (canvas.clientWidth <= axisWidth || canvas.clientHeight <= timesHeight + namesHeight) return;
  const scale = devicePixelRatio;
  canvas.width = canvas.clientWidth * scale;
  canvas.height = canvas.clientHeight * scale;
  const pen = canvas.getContext('2d')!;
  const { first, last } = rows;
  const left = axisWidth * scale;
  const top = namesHeight * scale;
  const [width, height] = [canvas.width - left, canvas.height - timesHeight * scale - top];
  const [wide, high] = [width / points.length, height / (last - first + 1)];

  pen.font = `${11 * scale}px system-ui, sans-serif`;
  pen.fillStyle = colourOf('quiet');
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  const everyRow = Math.ceil((room.limit * scale) / high);
  for (let bucket = first; bucket <= last; bucket += everyRow)
    pen.fillText(limitOf(bucket), left - 7 * scale, top + (last - bucket + 0.5) * high);
  pen.textAlign = 'center';
  pen.textBaseline = 'bottom';
  for (const column of timesOf(points, wide / scale))
    pen.fillText(timeOf(points[column]!.at), left + column * wide, canvas.height - 3 * scale);

  pen.fillStyle = colourOf('active');
  const most = Math.max(...points.flatMap(({ buckets }) => buckets ?? [0]));
  for (const column of points.keys())
    for (let bucket = first; bucket <= last; bucket += 1) {
      const value = valueAt(points, { column, bucket });
      if (value === 0) continue;
      // By the root, so that one slow request among thousands is still seen.
      pen.globalAlpha = 0.15 + 0.85 * Math.sqrt(value / most);
      pen.fillRect(left + column * wide, top + (last - bucket) * high, Math.max(1, wide - 0.5), high - 0.5);
    }
  pen.globalAlpha = 1;
  const [begin = 0, next = begin + 1] = points.map(({ at }) => Date.parse(at));
  drawMarks(pen, marks, (ms) => left + ((ms - begin) / (next - begin)) * wide, {
    left,
    top,
    width,
    height,
  });
  if (!chosen) return;
  pen.strokeStyle = colourOf('text');
  pen.lineWidth = 2 * scale;
  pen.strokeRect(left + chosen.column * wide, top + (last - chosen.bucket) * high, wide, high);
}

/** Returns the columns that begin at a round time, as many as there is room for. */
function timesOf(points: readonly Point[], wide: number): number[] {
  const [begin = 0, next = begin + 60_000] = points.map(({ at }) => Date.parse(at));
  const minutes = (next - begin) / 60_000;
  const step = timeSteps.find((each) => (each / minutes) * wide >= room.time) ?? timeSteps.at(-1)!;
  return points.flatMap(({ at }, column) => {
    const isRound = (Date.parse(at) / 60_000) % step === 0;
    // A label at the very edge would be cut.
    return isRound && column * wide > 4 && (points.length - column) * wide > room.time / 4 ? [column] : [];
  });
}
