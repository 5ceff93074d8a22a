const runs = 5;

/**
 * Returns the milliseconds that work takes: the minimum of several runs, because other work of the machine makes a run longer and
 * never shorter. A test compares it with the cost of other work, and not with a fixed time.
 */
export async function costOf(work: () => unknown): Promise<number> {
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    took.push(performance.now() - start);
  }
  return Math.min(...took);
}
