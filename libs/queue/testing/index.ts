/** Helpers for tests outside of libs/queue. {@link startWorker} has a handler for every job that is exported here. */
export { failWhileBroken, failWhileBrokenInSteps } from './breakable-jobs.js';
export { completerOn } from './completing.js';
export { type ForkedWorker, forkWorker, type Switch } from './forked-worker.js';
export {
  count,
  countTo,
  failWithProblem,
  hangOnce,
  ignoreAbort,
  record,
  recordSlowly,
  recordUntilAbort,
  waitForAbort,
  write,
  writtenBytes,
} from './sample-jobs.js';
export { everySecondOf, slotsIn } from './slots.js';
export { createSpans, maxPerOwner, mostAtOnce, recordSpan, recordSpanOfOwner } from './span-jobs.js';
export { backends, TestEnvironment } from './test-environment.js';
export { startWorker } from './worker.js';
