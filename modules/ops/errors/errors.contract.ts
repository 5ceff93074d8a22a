import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { pageLimit } from '#libs/pagination';

const group = z
  .object({
    fingerprint: z.string().describe('The same for the same cause in every process and release.'),
    source: z.enum(['request', 'job']),
    name: z.string().describe('The pattern of the route or the name of the job.'),
    code: z.string(),
    frames: z.array(z.string()).describe('Our own functions, the innermost first.'),
    count: z.int().min(0),
    users: z.int().min(0).max(100).describe('Users who met it; 100 stands for more, too.'),
    first_seen_at: time,
    last_seen_at: time,
    first_version: z.string(),
    last_version: z.string(),
    last_request_id: z.string().nullable(),
    last_trace_id: z.string().nullable(),
    last_trace_url: z
      .string()
      .nullable()
      .describe('Its page in the tracing tool, where the installation names one.'),
  })
  .meta({ id: 'ErrorGroup' });
export type ErrorGroup = z.output<typeof group>;

export class ErrorGroupListView extends createZodDto(
  z.object({ data: z.array(group) }).meta({ id: 'ErrorGroupList' }),
  { codec: true },
) {}

export class ErrorGroupQuery extends createZodDto(
  z.strictObject({
    source: z.enum(['request', 'job']).optional(),
    name: z.string().max(200).optional(),
    limit: pageLimit,
  }),
) {}
