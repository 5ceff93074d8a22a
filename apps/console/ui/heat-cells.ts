import type { Point } from '../data/ops.js';

/** A cell of a heatmap: a column is a moment, a row is a bucket. */
export interface Cell {
  column: number;
  bucket: number;
}

export interface Rows {
  first: number;
  last: number;
}

export const valueAt = (points: readonly Point[], { column, bucket }: Cell) =>
  points[column]?.buckets?.[bucket] ?? 0;

/** The buckets that anything is in. */
export function rowsOf(points: readonly Point[]): Rows | undefined {
  const used = points.flatMap(({ buckets }) =>
    (buckets ?? []).flatMap((value, index) => (value > 0 ? [index] : [])),
  );
  return used.length > 0 ? { first: Math.min(...used), last: Math.max(...used) } : undefined;
}

const steps: Record<string, [columns: number, buckets: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * The next cell with a value in the direction of a key: empty ones would be steps for nothing. Sideways it is the one of the next
 * column that is nearest in height.
 */
export function stepFrom(points: readonly Point[], rows: Rows, from: Cell, key: string): Cell | undefined {
  const [columns, buckets] = steps[key] ?? [0, 0];
  if (columns === 0 && buckets === 0) return undefined;
  const all = Array.from({ length: rows.last - rows.first + 1 }, (_, index) => rows.first + index);
  for (let column = from.column + columns; points[column]; column += columns) {
    const found = all
      .filter((bucket) => valueAt(points, { column, bucket }) > 0)
      .filter((bucket) => buckets === 0 || Math.sign(bucket - from.bucket) === buckets)
      .sort((a, b) => Math.abs(a - from.bucket) - Math.abs(b - from.bucket))[0];
    if (found !== undefined) return { column, bucket: found };
    if (columns === 0) break;
  }
  return undefined;
}

/** Returns the cell at which people who use the keyboard begin: the slowest of the last moment that has any. */
export function firstCell(points: readonly Point[], rows: Rows): Cell {
  const column = points.findLastIndex(({ buckets }) => buckets?.some((value) => value > 0));
  const bucket = points[column]?.buckets?.findLastIndex((value) => value > 0) ?? rows.last;
  return { column, bucket };
}

/** Returns the column that a moment has now: the chart moves on, and its columns are times. */
export const columnOf = (points: readonly Point[], at: string) =>
  points.findIndex((point) => point.at === at);
