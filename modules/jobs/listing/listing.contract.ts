import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { traceFields } from '#libs/observability';
import { pageOf, pageQuery } from '#libs/pagination';
import { jobStates } from '#libs/queue';
import { isSecret } from '../dead-letters/redaction.js';

const count = z.int().min(0);
const state = z.enum(jobStates);
const error = z.object({ code: z.string().nullable(), detail: z.string().nullable() });

const jobItem = z
  .object({
    id: z.uuid(),
    type: z.string().meta({ description: 'What it does, for example users.export.' }),
    queue: z.string().nullable().meta({ description: 'Null for a job that this release does not know.' }),
    state: state.meta({
      description:
        'A job is dispatched when the queue has it: there it waits or runs. Only jobs that a client can watch tell which, and leave a row when they are done.',
    }),
    owner_id: z.string().nullable(),
    attempts: count,
    progress: z.object({ done: count, total: count.nullable() }),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    error: error.nullable().meta({ description: 'The problem of the last attempt.' }),
    links: z.object({
      self: z.string().meta({ description: 'For operators.' }),
      job: z.string().optional().meta({ description: 'What its owner sees.' }),
      dead_letter: z.string().optional(),
    }),
  })
  .meta({ id: 'JobItem' });
export type JobItem = z.output<typeof jobItem>;

export class JobItemPageView extends createZodDto(
  pageOf(jobItem)
    .extend({
      search: z.object({
        searched: count.meta({
          description: 'Jobs that this page looked at; the next one goes on from there.',
        }),
        of: count.meta({ description: 'About how many jobs there are.' }),
      }),
    })
    .meta({ id: 'JobItemPage' }),
  { codec: true },
) {}

/** A field of a payload, with dots between the names on the way to it, and what its value has. */
const argument = z
  .string()
  .max(200)
  .regex(/^[^:]+:./, 'It must be a field, a colon and a part of the value.')
  .refine((text) => !argumentOf(text).path.some(isSecret), 'Nobody can search a field that is hidden.');

export function argumentOf(text: string): { path: string[]; value: string } {
  const at = text.indexOf(':');
  return { path: text.slice(0, at).split('.'), value: text.slice(at + 1) };
}

/** Postgres knows no year 0. */
const instant = z.iso
  .datetime()
  .refine((text) => !text.startsWith('0000'), 'It must be a time of the year 1 or later.');

/** Query parameters are text: an empty one is no 0, and `0x10` no number. */
const decimal = (value: unknown) =>
  typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const seconds = z.preprocess(decimal, z.number().min(0).max(1e9));

export class JobItemQuery extends createZodDto(
  pageQuery({
    name: z.string().max(100).optional(),
    queue: z.string().max(100).optional(),
    state: state.optional(),
    owner: z.uuid().describe('Id of the user who enqueued it.').optional(),
    text: z
      .string()
      .min(1)
      .max(100)
      .describe('A part of the code or detail of its problem, in any case of letters.')
      .optional(),
    argument: argument
      .describe(
        'A field of the payload and a part of its value, in any case of letters: `format:csv`, `filter.role:admin`. Jobs that are done have no payload; fields named like a secret are never searched.',
      )
      .optional(),
    started_after: instant.describe('When its first attempt began, exclusive.').optional(),
    started_before: instant.describe('Inclusive, as all upper limits here.').optional(),
    finished_after: instant.optional(),
    finished_before: instant.optional(),
    waited_over: seconds.describe('Seconds from when it was enqueued until its first attempt.').optional(),
    waited_up_to: seconds.optional(),
    ran_over: seconds.describe('Seconds from its first attempt until it ended.').optional(),
    ran_up_to: seconds.optional(),
  }),
) {}

export const waitingReasons = [
  'paused',
  'later',
  'refused',
  'order',
  'owner-limit',
  'queue-limit',
  'no-worker',
  'retry',
  'turn',
] as const;

export class JobInspectionView extends createZodDto(
  jobItem
    .extend({
      max_attempts: count.nullable(),
      timeout_seconds: count.nullable(),
      cancel_requested_at: time.nullable(),
      request_id: z.string().nullable().meta({ description: 'The request that enqueued the job.' }),
      ...traceFields,
      payload: z.unknown().meta({
        description:
          'The payload while it waits or is a dead letter; fields named like a secret read [redacted].',
      }),
      waiting: z
        .object({ code: z.enum(waitingReasons), sentence: z.string() })
        .nullable()
        .meta({ description: 'Why it waits; null when it does not, or runs.' }),
    })
    .meta({ id: 'JobInspection' }),
  { codec: true },
) {}
export type JobInspection = z.output<typeof JobInspectionView.schema>;
