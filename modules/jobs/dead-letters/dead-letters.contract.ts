import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { traceFields } from '#libs/observability';
import { pageOf, pageQuery } from '#libs/pagination';
import { defineProblem } from '#libs/problem';
import { reason } from '../queues/queues.contract.js';

export class DeadLetterNotFound extends defineProblem({
  kind: 'not-found',
  code: 'jobs.dead-letter-not-found',
  title: 'There is no such dead letter',
  help: 'It was redriven, discarded, or its 30 days are over. GET /v1/dead-letters lists what is there.',
}) {}

export class FieldNotEditable extends defineProblem({
  kind: 'forbidden',
  code: 'jobs.field-not-editable',
  title: 'The field cannot be edited',
  help: 'Only the fields that a job declares editable can be changed, because the others carry authority, a recipient or a file. Redrive the dead letter as it is, or discard it and ask for the work again.',
}) {}

const deadLetterFields = z.object({
  id: z.uuid(),
  queue: z.string(),
  name: z.string().meta({ description: 'Which job, for example users.export.' }),
  code: z.string().meta({ description: 'The code of the problem that the last attempt failed with.' }),
  detail: z.string(),
  attempts: z.int(),
  died_at: time,
  redriven_from: z
    .uuid()
    .nullable()
    .meta({ description: 'The first message of the work, when it was redriven before.' }),
  version: z.int(),
});
const deadLetterSummary = deadLetterFields.meta({ id: 'DeadLetterSummary' });
export type DeadLetterSummary = z.output<typeof deadLetterSummary>;

const deadLetterView = deadLetterFields
  .extend({
    payload: z
      .unknown()
      .meta({ description: 'The payload of the job; fields named like a secret read [redacted].' }),
    editable: z.array(z.string()).meta({ description: 'The fields of the payload that can be edited.' }),
    owner_id: z.string().nullable().meta({ description: 'The principal who enqueued the job.' }),
    request_id: z.string().nullable().meta({ description: 'The request that enqueued the job.' }),
    ...traceFields,
    enqueued_at: z.string(),
    links: z.object({ self: z.string(), job: z.string().optional() }),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.output<typeof deadLetterView>;

const place = { queue: z.string().max(100).optional(), name: z.string().max(100).optional() };
const code = z.string().max(100).optional();

export class DeadLetterView extends createZodDto(deadLetterView, { codec: true }) {}
export class DeadLetterPageView extends createZodDto(
  pageOf(deadLetterSummary).meta({ id: 'DeadLetterPage' }),
  {
    codec: true,
  },
) {}
export class DeadLetterId extends createZodDto(z.strictObject({ id: z.uuid() })) {}
export class DeadLetterQuery extends createZodDto(
  pageQuery({
    ...place,
    code,
    died_after: z.iso.datetime().optional(),
    died_before: z.iso.datetime().optional(),
  }),
) {}
export class DeadLetterPatch extends createZodDto(
  z.strictObject({
    payload: z
      .record(z.string(), z.unknown())
      .describe(
        'A merge patch (RFC 7396) of the payload. It changes the fields that the job declares editable; fields that read [redacted] stay as they are.',
      ),
    reason,
  }),
) {}
/** DELETE has no body (RFC 9110 section 9.3.5), and a header field could not carry every script. */
export class DiscardRequest extends createZodDto(z.strictObject({ reason })) {}

/** Instants are text, because the payload of a job is JSON. */
export const deadLetterFilter = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1000).optional(),
  ...place,
  code,
  died_after: z.iso.datetime().optional().describe('Exclusive.'),
  died_before: z.iso.datetime().optional().describe('Exclusive.'),
});
export type DeadLetterFilter = z.output<typeof deadLetterFilter>;

export const batchRate = z.int().min(1).max(1000).describe('Dead letters a second at most.');

const batchRequest = z.strictObject({
  filter: deadLetterFilter.describe(
    'The dead letters for which all of this holds. An empty filter means all of them.',
  ),
  dry_run: z.boolean().default(false).describe('Only count.'),
  reason,
  rate_per_second: batchRate.default(50),
});
export type BatchRequest = z.output<typeof batchRequest>;
export class RedriveRequest extends createZodDto(batchRequest) {}
export class DiscardAllRequest extends createZodDto(batchRequest) {}

const batchView = z.object({
  matched: z.int().describe('Dead letters that the filter finds, 10,000 at most.'),
  is_capped: z.boolean().describe('There are more.'),
  id: z.uuid().optional().describe('The id of the operation; a dry run has none.'),
  state: z.literal('queued').optional(),
});
export type Batch = z.output<typeof batchView>;
export class RedriveView extends createZodDto(batchView.meta({ id: 'Redrive' })) {}
export class DiscardView extends createZodDto(batchView.meta({ id: 'Discard' })) {}
