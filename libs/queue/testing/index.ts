/** What tests outside of libs/queue need. {@link startWorker} has a handler for every job that comes in by this door. */
export { BreakableProcessor, failWhileBroken, failWhileBrokenInSteps } from './breakable-jobs.js';
export {
  count,
  countTo,
  failAlways,
  failWithProblem,
  record,
  waitForAbort,
  write,
  writtenBytes,
} from './sample-jobs.js';
export { createSpans, maxPerOwner, mostAtOnce, recordSpan, recordSpanOfOwner } from './span-jobs.js';
export { type BackendName, backends, TestEnvironment } from './test-environment.js';
export { startWorker } from './worker.js';
