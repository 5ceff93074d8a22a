import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { periods, type Period } from '../samples/sample-reader.js';

const period = z.enum(Object.keys(periods) as [Period, ...Period[]]);
const amount = z.number().min(0);
const seconds = z.number().min(0);
const count = z.number().min(0);

const cost = z.object({ cpu: amount, database: amount, egress: amount, total: amount }).meta({
  id: 'OpsMoney',
  description: 'In the currency of the price file. What was used; idle time is not in it.',
});

const bill = z
  .object({ cpu: amount, database: amount, egress: amount, storage: amount, fixed: amount, total: amount })
  .meta({ id: 'OpsBill', description: 'In the currency of the price file. What was bought, used or not.' });

const share = z
  .object({
    provided: seconds.describe('Cores times time.'),
    used: seconds,
    requests: seconds,
    jobs: seconds,
    unattributed: seconds.describe(
      'Used by no request, of which probes are some, and no job: start-up, the relay, schedules, these samples.',
    ),
    idle: seconds.describe('Bought, and used by nobody.'),
  })
  .meta({ id: 'OpsShare', description: 'Seconds of the period.' });

const route = z
  .object({ method: z.string(), route: z.string(), requests: count, cost, per_request: amount })
  .meta({ id: 'OpsRouteMoney' });

const job = z
  .object({ job: z.string(), attempts: count, cost, per_attempt: amount })
  .meta({ id: 'OpsJobMoney' });

const objective = z
  .object({
    class: z.string(),
    objective: z.string().describe('`availability`, or the latency that must be reached.'),
    budget_left: z
      .number()
      .max(1)
      .describe('Of what may fail or be slow: 1 is untouched, 0 used up, less is overdrawn.'),
    state: z.enum(['ok', 'ticket', 'page']).describe('How fast the error budget of this class is used up.'),
  })
  .meta({ id: 'OpsObjectiveAtRisk' });

export class EconomicsView extends createZodDto(
  z
    .object({
      period,
      measured_seconds: seconds.describe('What the samples of the period cover.'),
      currency: z.string(),
      is_example: z.boolean().describe('The prices are those of the example, so that no amount is yours.'),
      cpu: share,
      database: share.describe('A statement that runs counts as one busy core, also while it waits.'),
      bill: bill.describe('Of the period.'),
      month: bill.describe('Of 730 hours like those of the period.'),
      requests: count,
      per_request: z.object({
        used: amount.nullable().describe('What all requests used, by their number.'),
        billed: amount.nullable().describe('The whole bill by their number, idle time and jobs included.'),
      }),
      users: count.describe('Accounts, as estimated by Postgres.'),
      per_user_month: amount.nullable().describe('The bill of the month by the number of accounts.'),
      routes: z.array(route).describe('The dearest first, 200 at most.'),
      jobs: z.array(job).describe('The dearest first, 200 at most.'),
      at_ten_times: z.object({
        month: bill,
        cpu_cores: count,
        database_cores: count,
        limits: z
          .array(
            z
              .object({
                resource: z.enum(['cpu', 'database', 'connections', 'event-loop']),
                use: z.number().min(0).describe('Now; 1 is all of it.'),
                full_at: z.number().min(0).nullable().describe('How many times the traffic of now fill it.'),
              })
              .meta({ id: 'OpsLimit' }),
          )
          .describe('What is full first comes first.'),
      }),
      break_even_users: count
        .nullable()
        .describe('Accounts that pay for the month as it is; null when none do at this revenue.'),
      objective_at_risk: objective
        .nullable()
        .describe('The objective with the least left; null when nothing was measured.'),
      budget: z.object({
        from: time,
        spent: amount,
        expected: amount.describe('At the end of the calendar month.'),
        budget: amount.nullable(),
        used: z.number().min(0).nullable(),
        alert: z
          .union([z.literal(0.5), z.literal(0.8), z.literal(1)])
          .nullable()
          .describe('The highest threshold that has been reached.'),
      }),
    })
    .meta({ id: 'OpsEconomics' }),
  { codec: true },
) {}

export class EconomicsQuery extends createZodDto(z.strictObject({ period: period.default('24h') })) {}
