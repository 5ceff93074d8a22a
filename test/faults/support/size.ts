/** `npm run test:faults` runs everything often, and with the times of production; `npm test` wants an answer sooner. */
export const isLong = process.env.FAULTS === 'long';

export const sized = (short: number, long: number) => (isLong ? long : short);

/** "p50 4 ms, max 12 ms" */
export function spread(milliseconds: number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const [median, most] = [sorted[sorted.length >> 1], sorted.at(-1)].map((ms) =>
    Math.round(ms ?? Number.NaN),
  );
  return `p50 ${median} ms, max ${most} ms`;
}
