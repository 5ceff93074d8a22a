import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { lineOfText, time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { queueStates } from '#libs/queue';

export class QueueNotFound extends defineProblem({
  kind: 'not-found',
  code: 'jobs.queue-not-found',
  title: 'There is no such queue',
  help: 'GET /v1/queues lists the queues.',
}) {}

/** Why an operator makes a change; kept in the audit log. */
export const reason = lineOfText(3, 500).describe('Why; kept in the audit log.');

const state = z.enum(queueStates);
const maxRunning = z
  .int()
  .min(1)
  .max(10_000)
  .nullable()
  .describe('Jobs of the queue that may run at once in all workers together; null for no limit.');

export const queueControlView = z
  .object({
    name: z.string(),
    state,
    max_running: maxRunning,
    reason: z.string().nullable().describe('Why the last change was made.'),
    changed_by: z.uuid().nullable(),
    changed_at: time.nullable(),
    version: z.int(),
  })
  .meta({ id: 'QueueControl' });
export type QueueControl = z.output<typeof queueControlView>;

const count = z.int().min(0);
const seconds = z.number().min(0).nullable();

export const queueView = z
  .object({
    name: z.string(),
    state,
    max_running: maxRunning,
    version: z
      .int()
      .describe('The version of state and limit: the ETag for changing them is `"v<version>"`.'),
    counts: z.object({
      waiting: count,
      active: count,
      delayed: count.describe('Jobs between two attempts.'),
      dead: count.describe('Jobs that failed for good: see /v1/dead-letters.'),
      measured_at: time.nullable().describe('When a worker last counted; null when none ever did.'),
    }),
    oldest_waiting_seconds: seconds.describe(
      'Since the job was enqueued that has waited longest in the queue.',
    ),
    outbox: z.object({
      backlog: count.describe('Due messages that were not dispatched to the queue yet.'),
      oldest_seconds: seconds,
    }),
  })
  .meta({ id: 'Queue' });
export type QueueSummary = z.output<typeof queueView>;

export class QueueListView extends createZodDto(
  z.object({ data: z.array(queueView) }).meta({ id: 'QueueList' }),
  {
    codec: true,
  },
) {}
export class QueueControlView extends createZodDto(queueControlView, { codec: true }) {}
export class QueueName extends createZodDto(z.strictObject({ name: z.string().max(100) })) {}
export class QueueStateChange extends createZodDto(z.strictObject({ state, reason })) {}
export class QueueLimitChange extends createZodDto(z.strictObject({ max_running: maxRunning, reason })) {}
