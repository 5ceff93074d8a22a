const runs = 5;

/**
 * Milliseconds that work takes, the least of several runs: what else the machine does makes a run longer and never shorter. To
 * be compared with the cost of other work, and with no clock.
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
