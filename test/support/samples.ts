/** Milliseconds that each of several works took, in turns and each round in another order: what slows the machine slows all. */
export async function inTurns(
  works: Record<string, () => Promise<unknown>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const samples = Object.fromEntries(Object.keys(works).map((name) => [name, [] as number[]]));
  const order = Object.entries(works);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of order) {
      const started = performance.now();
      await work();
      samples[name]!.push(performance.now() - started);
    }
    order.push(order.shift()!);
    if (round % order.length === 0) order.reverse();
  }
  return samples;
}

/**
 * How far two sets of samples stand apart, in standard deviations: the z of Mann and Whitney's U, which asks only which
 * of two samples is the larger and so is not led by outliers. Beyond 4 by chance: once in 16,000 comparisons.
 */
export function distanceOf(a: number[], b: number[]): number {
  const wins = a.reduce(
    (sum, x) => sum + b.reduce((count, y) => count + (x > y ? 1 : x === y ? 0.5 : 0), 0),
    0,
  );
  const expected = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return (wins - expected) / deviation;
}
