import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { traceFields } from '#libs/observability';
import { period } from '../reports/reports.contract.js';

const slowRequest = z
  .object({
    method: z.string(),
    route: z.string().describe('Its pattern.'),
    status: z.int(),
    seconds: z.number().min(0),
    at: time.describe('When it was answered.'),
    request_id: z.string(),
    ...traceFields,
  })
  .meta({ id: 'OpsSlowRequest' });
export type OpsSlowRequest = z.output<typeof slowRequest>;

export class SlowestQuery extends createZodDto(
  z.strictObject({ period: period.default('1h'), route: z.string().max(200).optional() }),
) {}

export class SlowestView extends createZodDto(
  z.object({ period, data: z.array(slowRequest) }).meta({ id: 'OpsSlowestRequests' }),
  { codec: true },
) {}
