/** The CPU seconds that a piece of work would have been given if it had begun with the process. */
let given = 0;
let inProgress = 0;
let settledAt = 0;

/**
 * Begins to share the CPU time of the process. Node does not say which work used it, so the time that passes is divided equally
 * among the work that is in progress: work that was alone gets exactly what it used, and the shares always add up. The
 * threads of the process count too, which hash passwords and collect garbage. Returns a function that ends the share and returns
 * its seconds.
 */
export function startCpuShare(): () => number {
  settle();
  inProgress += 1;
  const before = given;
  return () => {
    settle();
    inProgress -= 1;
    return given - before;
  };
}

function settle(): void {
  const { user, system } = process.cpuUsage();
  const now = (user + system) / 1e6;
  if (inProgress > 0) given += (now - settledAt) / inProgress;
  settledAt = now;
}
