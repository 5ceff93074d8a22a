/** "p50 4 ms, max 12 ms" */
export function spread(milliseconds: number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const [median, most] = [sorted[sorted.length >> 1], sorted.at(-1)].map((ms) =>
    Math.round(ms ?? Number.NaN),
  );
  return `p50 ${median} ms, max ${most} ms`;
}
