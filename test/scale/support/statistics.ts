/** The value that this share of the values does not exceed (nearest rank). */
export function percentile(values: number[], share: number): number {
  const rank = Math.ceil(values.length * share) - 1;
  return values.toSorted((a, b) => a - b)[Math.max(0, rank)] ?? Number.NaN;
}

/** "p50 4.1, p99 12.0 ms" */
export function percentiles(milliseconds: number[]): string {
  return `p50 ${percentile(milliseconds, 0.5).toFixed(1)}, p99 ${percentile(milliseconds, 0.99).toFixed(1)} ms`;
}

/** What y gains for each x: the median of the slopes between all pairs (Theil and Sen), which a few outliers do not move. */
export function slope(points: { x: number; y: number }[]): number {
  const slopes = points.flatMap((a, index) => points.slice(index + 1).map((b) => (b.y - a.y) / (b.x - a.x)));
  return percentile(slopes, 0.5);
}
