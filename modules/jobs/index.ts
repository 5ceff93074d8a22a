export { JobAcceptedView } from './accepted.contract.js';
export { defineJob, type JobDefinition } from './jobs.definition.js';
export { JobsHttpModule, JobsModule, JobsWorkerModule } from './jobs.module.js';
export { JobsService } from './jobs.service.js';
export { ProcessJob } from './running/handlers.js';
export { WorkerHeartbeat } from './running/heartbeat.js';
export { type JobOutcome, type JobRun } from './running/job-run.js';
export { defineSchedule } from './schedules/schedules.definition.js';
