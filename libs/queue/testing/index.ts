export { createBackend, createQueue, createWorker, type JobQueue } from '../bullmq/queues.js';
export type { QueueBackend } from '../bullmq/queue-backend.js';
export { RetentionSweep } from '../retention/retention-sweep.js';
export { declaredSchedules } from '../schedules/schedule-definition.js';
export { MessageConsumer } from '../worker/message-consumer.js';
export { createSpans, crowd, CrowdWork, mostAtOnce, placesPerOwner, reserved } from './crowd-jobs.js';
export { type ForkedWorker, forkWorker, type Switch } from './forked-worker.js';
export { mend, mendInSteps, MendableWork } from './mendable-job.js';
export {
  count,
  countTo,
  hold,
  ignore,
  keepTicking,
  linger,
  pace,
  record,
  refuse,
  SampleWork,
  wither,
  write,
  writtenBytes,
} from './sample-jobs.js';
export { everySecond, tick, TickWork, yearly } from './sample-schedules.js';
export { TestScheduler } from './scheduler.js';
export { completerOn } from './completing.js';
export { everySecondOf, slotsIn } from './slots.js';
export { startWorker } from './worker.js';
export { type BackendName, backends, World } from './world.js';
