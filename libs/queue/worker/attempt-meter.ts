import type { Job } from 'bullmq';
import type { Usage } from '#libs/context';
import { startCpuShare } from '#libs/metrics';
import {
  countCpu,
  countDatabaseTime,
  countStarted,
  countStatements,
  measureAttempt,
  measureWait,
} from '../metrics/queue-metrics.js';

/** Begins to measure an attempt. Returns a function that ends it; `usage` then has what the attempt used. */
export function beginAttempt(
  { name: job, timestamp, attemptsMade }: Pick<Job, 'name' | 'timestamp' | 'attemptsMade'>,
  usage: Usage,
): () => void {
  const start = performance.now();
  const endShare = startCpuShare();
  countStarted({ job });
  // The clock of the relay may be a little ahead. What a later attempt waited for is the pause between two.
  if (attemptsMade === 0) measureWait(Math.max(0, Date.now() - timestamp) / 1000, { job });
  return () => {
    measureAttempt((performance.now() - start) / 1000, { job });
    countCpu({ job }, endShare());
    countDatabaseTime({ job }, usage.databaseSeconds);
    countStatements({ job }, usage.statements);
  };
}
