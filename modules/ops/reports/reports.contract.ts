import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { time } from '#libs/http';
import { defineProblem } from '#libs/problem';
import { deploy } from './deploys.contract.js';
import { type Period, periods } from '../samples/sample-reader.js';

export class MetricNotFound extends defineProblem({
  kind: 'not-found',
  code: 'ops.metric-not-found',
  title: 'There is no such metric',
  help: 'docs/metrics.md lists the metrics; /metrics shows those that this process has.',
}) {}

export const period = z.enum(Object.keys(periods) as [Period, ...Period[]]);
const count = z.number().min(0);
const seconds = z.number().min(0);
const share = z.number().min(0).describe('A share: 0.01 is one percent.');
const perSecond = z.number().min(0);

/** Quantiles come from merged histograms, never from other quantiles. */
const latency = z
  .object({
    count,
    p50: seconds.nullable(),
    p95: seconds.nullable(),
    p99: seconds.nullable(),
  })
  .meta({ id: 'Latency', description: 'Seconds; null where nothing was measured.' });

const instance = z
  .object({
    id: z.uuid(),
    app: z.enum(['api', 'worker']),
    version: z.string(),
    host: z.string(),
    pid: z.int(),
    log_level: z.string().nullable().describe('Of its log, at the last sign of life.'),
    started_at: time,
    last_seen_at: time,
    state: z
      .enum(['up', 'stale', 'gone', 'stopped'])
      .describe('Stale after 15 s without a sign of life, gone after 60 s; stopped is a stop in order.'),
  })
  .meta({ id: 'OpsInstance' });
export type OpsInstance = z.output<typeof instance>;

const card = z
  .object({
    id: z.string().describe('Stable, for example `requests_per_second`.'),
    title: z.string(),
    unit: z
      .string()
      .describe('As metrics have it: `s`, `By`, `1` for a share, or the counted thing in braces.'),
    value: z.number().nullable().describe('Now: of the last minute. Null where nothing was measured.'),
    state: z.enum(['ok', 'degraded', 'down']).describe('By the threshold of this card.'),
    sparkline: z.array(z.number().nullable()).describe('One value a minute, the last 60, the oldest first.'),
    metric: z.string().describe('For GET /v1/ops/series.'),
    runbook: z
      .string()
      .nullable()
      .describe('The page that says what to do; null for a card without a threshold.'),
  })
  .meta({ id: 'OpsCard' });
export type OpsCard = z.output<typeof card>;

export class OverviewView extends createZodDto(
  z
    .object({
      status: z.enum(['ok', 'degraded', 'down']),
      verdict: z.string().describe('One sentence: what is the case.'),
      since: time.nullable().describe('Since when the status is this one, as far as the last hour shows.'),
      at: time.describe('The clock of the database.'),
      last_deploy: deploy.nullable().describe('Null when there was none in the last seven days.'),
      instances: z.array(instance),
      cards: z.array(card),
    })
    .meta({ id: 'OpsOverview' }),
  { codec: true },
) {}

const point = z
  .object({
    at: time,
    value: z
      .number()
      .nullable()
      .describe('Of a counter and a histogram events a second, of a gauge the mean of its readings.'),
    max: z.number().nullable().describe('Of a gauge its largest reading.'),
    count: count.nullable().describe('Of a counter and a histogram.'),
    p50: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    buckets: z
      .array(count)
      .nullable()
      .describe('Of a histogram: how many values each bucket has, for heatmaps. `bounds` are their limits.'),
  })
  .meta({ id: 'OpsPoint' });
export type OpsPoint = z.output<typeof point>;

export class SeriesView extends createZodDto(
  z
    .object({
      metric: z.string(),
      kind: z.enum(['counter', 'histogram', 'gauge']),
      unit: z.string(),
      period,
      step_seconds: z.int(),
      bounds: z
        .array(z.number())
        .nullable()
        .describe('Upper bounds of the buckets of a histogram; the last bucket has what is above them.'),
      lines: z.array(
        z.object({ by: z.record(z.string(), z.string()), points: z.array(point) }).meta({ id: 'OpsLine' }),
      ),
    })
    .meta({ id: 'OpsSeries' }),
  { codec: true },
) {}

export class SeriesQuery extends createZodDto(
  z.strictObject({
    metric: z
      .string()
      .max(100)
      .describe('A name from docs/metrics.md, for example `http.server.request.duration`.'),
    period: period.default('1h'),
    route: z.string().max(200).optional().describe('Only this pattern of a route.'),
    job: z.string().max(100).optional().describe('Only jobs of this name.'),
    queue: z.string().max(100).optional(),
    instance: z.uuid().optional().describe('Only this process.'),
    by: z
      .string()
      .max(100)
      .optional()
      .describe('An attribute of the metric, or `instance`: a line for each of its values, 50 at most.'),
  }),
) {}

export class PeriodQuery extends createZodDto(z.strictObject({ period: period.default('1h') })) {}

const cost = z
  .object({
    cpu_seconds: seconds,
    database_seconds: seconds,
    statements: count,
    bytes: count.nullable().describe('Sent to clients; null for jobs.'),
  })
  .meta({ id: 'OpsCost', description: 'Of all requests or attempts of the period together.' });

const route = z
  .object({
    method: z.string(),
    route: z.string(),
    is_of_users: z
      .boolean()
      .describe('False for probes, the console and streams, which no objective counts.'),
    requests: count,
    requests_per_second: perSecond,
    duration: latency,
    client_errors: count.describe('4xx.'),
    server_errors: count.describe('5xx.'),
    cost,
    budget_share: share.describe('The part of all server errors of the period that this route has.'),
  })
  .meta({ id: 'OpsRoute' });
export type OpsRoute = z.output<typeof route>;

export class RouteReportView extends createZodDto(
  z.object({ period, data: z.array(route) }).meta({ id: 'OpsRouteReport' }),
  { codec: true },
) {}

const job = z
  .object({
    job: z.string(),
    started_per_minute: z.number().min(0),
    succeeded: count,
    failed: count.describe('Attempts that made a dead letter.'),
    retried: count,
    skipped: count.describe('Nothing was left to do: duplicates, and jobs that were cancelled before.'),
    wait: latency,
    run: latency,
    cost,
  })
  .meta({ id: 'OpsJob' });
export type OpsJob = z.output<typeof job>;

export class JobReportView extends createZodDto(
  z.object({ period, data: z.array(job) }).meta({ id: 'OpsJobReport' }),
  { codec: true },
) {}

const pool = z
  .object({
    instance_id: z.uuid(),
    app: z.enum(['api', 'worker']),
    pool: z.string(),
    used: z.number().describe('Mean of the last minute.'),
    idle: z.number(),
    max: z.number(),
    waiting: z.number().describe('The most callers that waited at once in the last minute.'),
  })
  .meta({ id: 'OpsPool' });

export class DatabaseView extends createZodDto(
  z
    .object({
      pools: z.array(pool),
      acquisition: latency,
      operations: z.array(z.object({ operation: z.string(), duration: latency })),
      server: z.object({
        version: z.string(),
        connections: count,
        max_connections: count,
        size_bytes: count,
        waiting_for_locks: count,
        oldest_transaction_seconds: seconds.nullable(),
      }),
      tables: z
        .array(
          z.object({
            name: z.string(),
            rows: count.describe('Estimated.'),
            dead_rows: count.describe('Estimated.'),
            size_bytes: count,
            vacuumed_at: time.nullable(),
          }),
        )
        .describe('The 30 largest.'),
      slow_statements: z
        .array(
          z.object({
            pid: z.int(),
            application: z.string(),
            state: z.string(),
            seconds,
            waits_for: z.string().nullable(),
          }),
        )
        .describe('What has run for more than a second, the longest first; 20 at most. Never its text.'),
      migrations: z.object({ applied: count, last: z.string().nullable() }),
    })
    .meta({ id: 'OpsDatabase' }),
  { codec: true },
) {}

export class RuntimeView extends createZodDto(
  z
    .object({
      data: z.array(
        z
          .object({
            instance,
            loop_delay_p99: seconds.nullable(),
            loop_delay_max: seconds.nullable(),
            loop_utilization: share.nullable(),
            cpu_share: z.number().nullable().describe('CPU seconds a second; 1 is one core.'),
            memory_bytes: count.nullable(),
            heap_bytes: count.nullable(),
            heap_limit_bytes: count.nullable(),
            gc: latency,
          })
          .meta({ id: 'OpsProcess' }),
      ),
    })
    .meta({ id: 'OpsRuntime' }),
  { codec: true },
) {}

export class DependenciesView extends createZodDto(
  z
    .object({
      data: z.array(
        z
          .object({
            name: z.string(),
            app: z.enum(['api', 'worker']),
            state: z.enum(['up', 'degraded', 'down']),
            since: time.nullable().describe('As far as the last 24 hours show.'),
            history: z
              .array(z.object({ at: time, up: share }))
              .describe(
                'The share of looks at which it was up, in steps of 15 minutes of the last 24 hours.',
              ),
          })
          .meta({ id: 'OpsDependency' }),
      ),
    })
    .meta({ id: 'OpsDependencies' }),
  { codec: true },
) {}
