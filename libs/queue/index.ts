export { DeadLetterAdmin } from './admin/dead-letter-admin.js';
export { JobReader, type JobPlace, type JobRow, type JobRowFilter, jobStates } from './admin/job-reader.js';
export { OperationAdmin } from './admin/operation-admin.js';
export { QueueAdmin, type QueueControlRow } from './admin/queue-admin.js';
export { type JobOutcome, type JobRun } from './operations/job-run.js';
export { JobAcceptedView } from './outbox/job-accepted.contract.js';
export {
  declaredJobs,
  declaredQueues,
  defineJob,
  findJob,
  type JobDefinition,
} from './outbox/job-definition.js';
export { JobUnreadable } from './outbox/job-problems.js';
export { JobsService } from './outbox/jobs.service.js';
export { type MessageData, originOf } from './outbox/message.js';
export { maxPayloadBytes } from './outbox/payload.js';
export { upcast } from './outbox/payload-reader.js';
export { queueControls, queueCounts, queueStates } from './queue-controls.schema.js';
export { QueueAdminModule, QueueModule, QueueWorkerModule } from './queue.module.js';
export { deadLetters, operations, operationStates } from './queue.schema.js';
export { Cron } from './schedules/cron.js';
export { defineSchedule } from './schedules/schedule-definition.js';
export { schedules } from './schedules/schedules.schema.js';
export { isLate } from './schedules/slots.js';
export { WorkerHeartbeat, WorkerHeartbeatModule } from './worker-heartbeat.js';
export { ProcessJob } from './worker/job-handlers.js';
