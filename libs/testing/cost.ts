/** Milliseconds of processor time to measure over, because the clock of the system counts it in steps of some milliseconds. */
const measured = 100;

/**
 * Returns the milliseconds of processor time that work takes in this thread, as the average of many runs. Other work of the machine
 * does not count. A test compares it with the cost of other work, and not with a fixed time.
 */
export async function costOf(work: () => unknown): Promise<number> {
  const start = process.threadCpuUsage();
  for (let runs = 1; ; runs += 1) {
    await work();
    const { user, system } = process.threadCpuUsage(start);
    const spent = (user + system) / 1000;
    if (spent >= measured) return spent / runs;
  }
}
