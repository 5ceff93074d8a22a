import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { operationStates } from '#libs/queue';
import { reason } from '../queues/queues.contract.js';

export class JobNotFound extends defineProblem({
  kind: 'not-found',
  code: 'jobs.not-found',
  title: 'The job does not exist',
  help: 'Check the id. Jobs of other people look the same as jobs that do not exist; finished jobs are kept for 30 days.',
}) {}

export class JobNotFinished extends defineProblem({
  kind: 'conflict',
  code: 'jobs.not-finished',
  title: 'The job has no result yet',
  help: 'Wait until its state is succeeded: GET /v1/jobs/{id}, or follow /v1/jobs/{id}/events.',
}) {}

export class JobAlreadyFinished extends defineProblem({
  kind: 'conflict',
  code: 'jobs.already-finished',
  title: 'The job is already finished',
  help: 'A job can be cancelled while it is queued or running. GET /v1/jobs/{id} tells how it ended.',
}) {}

export class JobResultNotFound extends defineProblem({
  kind: 'not-found',
  code: 'jobs.result-not-found',
  title: 'The job has no result',
  help: 'Not every job makes one, a job that failed or was cancelled makes none, and files are kept for 7 days.',
}) {}

export class TooManyStreams extends defineProblem({
  kind: 'unavailable',
  code: 'jobs.too-many-streams',
  title: 'Too many event streams are open',
  help: 'Poll GET /v1/jobs/{id} instead, or connect again after the seconds that Retry-After names.',
}) {}

const jobProblem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
});

export const jobView = z
  .object({
    id: z.uuid(),
    type: z.string().meta({ description: 'What it does, for example users.export.' }),
    state: z.enum(operationStates),
    progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }),
    attempts: z.number().int().meta({ description: 'Attempts so far.' }),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    problem: jobProblem.nullable().meta({ description: 'Why it failed (RFC 9457).' }),
    links: z.object({ self: z.string(), events: z.string(), result: z.string().optional() }),
  })
  .meta({ id: 'Job' });
export type Job = z.output<typeof jobView>;

export class JobView extends createZodDto(jobView, { codec: true }) {}

/** Owners need not say why. DELETE has no body (RFC 9110 section 9.3.5). */
export class CancelRequest extends createZodDto(z.strictObject({ reason: reason.optional() })) {}

export class JobId extends createZodDto(z.object({ id: z.uuid() })) {}
