import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const share = z.number().min(0).max(1);
const burn = z
  .number()
  .min(0)
  .nullable()
  .describe(
    'How many times faster than allowed the budget is used up; 1 lasts for exactly 30 days. Null without requests.',
  );

const serviceLevel = z
  .object({
    class: z.enum(['reads', 'writes', 'sign-in']),
    description: z.string(),
    period_days: z.int(),
    requests: z.int().min(0).describe('That count: not refusals by quota, nor clients that left.'),
    failed: z.int().min(0),
    availability: z.object({
      objective: share,
      value: share.nullable(),
      budget_left: z.number().max(1).nullable().describe('1 is untouched, 0 used up, less is overdrawn.'),
      burn: z.object({ '5m': burn, '30m': burn, '1h': burn, '6h': burn, '3d': burn }),
    }),
    latency: z.array(
      z.object({
        threshold_seconds: z.number(),
        objective: share.describe('The share of requests that must be faster.'),
        value: share.nullable(),
      }),
    ),
    state: z
      .enum(['ok', 'ticket', 'page'])
      .describe('By several windows of burn: what must wake somebody, and what can wait for a working day.'),
    runbook: z.string(),
  })
  .meta({ id: 'ServiceLevel' });
export type ServiceLevel = z.output<typeof serviceLevel>;

export class ServiceLevelsView extends createZodDto(
  z.object({ data: z.array(serviceLevel) }).meta({ id: 'ServiceLevelList' }),
) {}
