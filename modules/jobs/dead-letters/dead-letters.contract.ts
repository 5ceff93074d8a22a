import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { pageOf, pageQuery } from '#libs/pagination';
import { defineProblem } from '#libs/problem';
import { defineJob } from '#libs/queue';
import { reason } from '../queues/queues.contract.js';

export class DeadLetterNotFound extends defineProblem({
  kind: 'not-found',
  code: 'jobs.dead-letter-not-found',
  title: 'There is no such dead letter',
  help: 'It was sent again, discarded, or its 30 days are over. GET /v1/dead-letters lists what is there.',
}) {}

const letter = z.object({
  id: z.uuid(),
  queue: z.string(),
  name: z.string().meta({ description: 'Which job, for example users.export.' }),
  code: z.string().meta({ description: 'The code of the problem it died of.' }),
  detail: z.string(),
  attempts: z.int(),
  died_at: time,
  redriven_from: z
    .uuid()
    .nullable()
    .meta({ description: 'The message it first was, when it was sent again before.' }),
  version: z.int(),
});
const deadLetterSummary = letter.meta({ id: 'DeadLetterSummary' });
export type DeadLetterSummary = z.output<typeof deadLetterSummary>;

export const deadLetterView = letter
  .extend({
    payload: z
      .unknown()
      .meta({ description: 'What it carries; fields named like a secret read [redacted].' }),
    owner_id: z.string().nullable().meta({ description: 'Who promised it.' }),
    request_id: z.string().nullable().meta({ description: 'The request that promised it.' }),
    promised_at: z.string(),
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
      .describe('A merge patch (RFC 7396) of the payload. Fields that read [redacted] stay as they are.'),
    reason,
  }),
) {}
/** DELETE has no body (RFC 9110 section 9.3.5), and a header field could not carry every script. */
export class DiscardRequest extends createZodDto(z.strictObject({ reason })) {}

/** Instants as text: what a job carries is JSON. */
export const deadLetterFilter = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1000).optional(),
  ...place,
  code,
  died_after: z.iso.datetime().optional().describe('Exclusive.'),
  died_before: z.iso.datetime().optional().describe('Exclusive.'),
});
export type DeadLetterFilter = z.output<typeof deadLetterFilter>;

const rate = z.int().min(1).max(1000).describe('Letters a second at most.');

export class RedriveRequest extends createZodDto(
  z.strictObject({
    filter: deadLetterFilter.describe('Which letters: all of these hold. An empty one means every letter.'),
    dry_run: z.boolean().default(false).describe('Only count.'),
    reason,
    rate_per_second: rate.default(50),
  }),
) {}

export const redriveView = z
  .object({
    matched: z.int().describe('Letters that the filter finds, 10,000 at most.'),
    is_capped: z.boolean().describe('There are more.'),
    id: z.uuid().optional().describe('Of the operation; a dry run has none.'),
    state: z.literal('queued').optional(),
  })
  .meta({ id: 'Redrive' });
export type Redrive = z.output<typeof redriveView>;
export class RedriveView extends createZodDto(redriveView) {}

/** An hour, then it goes on in the next run: the rate decides how long it takes. */
export const redriveDeadLetters = defineJob(
  'jobs.redrive-dead-letters',
  z.object({ filter: deadLetterFilter, rate_per_second: rate }),
  { queue: 'bulk', timeoutMs: 3_600_000, transactional: false, operation: true },
);
export type RedriveOrder = { filter: DeadLetterFilter; rate_per_second: number };
