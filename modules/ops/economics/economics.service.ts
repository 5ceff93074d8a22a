import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Config, type Prices } from '#libs/config';
import { Database } from '#libs/database';
import { pointsOf, totalOf } from '../reports/report-math.js';
import { loopUse, poolShare, worstProcess } from '../reports/cards.js';
import type { OpsJob, OpsRoute } from '../reports/reports.contract.js';
import { WorkService } from '../reports/work.service.js';
import { type Period, periods, type ReadSample, SampleReader } from '../samples/sample-reader.js';
import type { ServiceLevel } from '../service-levels/service-levels.contract.js';
import { ServiceLevelsService } from '../service-levels/service-levels.service.js';
import { BudgetService } from './budget.service.js';
import {
  billOf,
  breakEvenUsers,
  coresFor,
  costOf,
  hoursOfMonth,
  type Share,
  shareOf,
  type Usage,
} from './cost-model.js';

const metrics = [
  'process.cpu.time',
  'db.client.operation.duration',
  'nodejs.eventloop.time',
  'db.client.connections.usage',
  'db.client.connection.max',
];

/** Rows of each table of an answer. */
const maxRows = 200;

/** Seconds that one sample covers at least. */
const sampleSeconds = 10;

/** Turns what was measured into money. */
@Injectable()
export class EconomicsService {
  readonly #prices: Prices;

  constructor(
    { PRICES_FILE }: Config,
    private readonly db: Database,
    private readonly samples: SampleReader,
    private readonly work: WorkService,
    private readonly levels: ServiceLevelsService,
    private readonly budgets: BudgetService,
  ) {
    this.#prices = PRICES_FILE;
  }

  async get(period: Period) {
    const { seconds, resolution } = periods[period];
    const [samples, routes, jobs, levels, budget, { rows }] = await Promise.all([
      this.samples.read({ metrics, seconds, resolution }),
      this.work.listRoutes(period),
      this.work.listJobs(period),
      this.levels.list(),
      this.budgets.get(),
      this.db.conn.execute<{ now: string; size: number; users: number }>(sql`
        select now() as now, pg_database_size(current_database())::float8 as size,
          coalesce((select n_live_tup from pg_stat_user_tables
            where schemaname = 'public' and relname = 'users'), 0)::float8 as users`),
    ]);
    const { now, size, users } = rows[0]!;
    const measured = measuredSeconds(samples, new Date(now), seconds);
    const ofRoutes = sumOf(routes.map(usageOf));
    const ofJobs = sumOf(jobs.map(usageOf));
    const { cpu, database } = this.#prices;
    const cpuShare = shareOf(
      cpu.cores * measured,
      totalIn(samples, metrics[0]!),
      ofRoutes.cpuSeconds,
      ofJobs.cpuSeconds,
    );
    const databaseShare = shareOf(
      database.cores * measured,
      totalIn(samples, metrics[1]!),
      ofRoutes.databaseSeconds,
      ofJobs.databaseSeconds,
    );
    const bought = { storageBytes: size, cpuCores: cpu.cores, databaseCores: database.cores };
    const hours = measured / 3600;
    const sentOfMonth = hours === 0 ? 0 : (ofRoutes.bytes / hours) * hoursOfMonth;
    const ofMonth = { ...bought, hours: hoursOfMonth, sentBytes: sentOfMonth };
    const bill = billOf({ ...bought, hours, sentBytes: ofRoutes.bytes }, this.#prices);
    const month = billOf(ofMonth, this.#prices);
    const requests = routes.reduce((sum, route) => sum + route.requests, 0);
    return {
      period,
      measured_seconds: measured,
      currency: this.#prices.currency,
      is_example: this.#prices.isExample,
      cpu: cpuShare,
      database: databaseShare,
      bill,
      month,
      requests,
      per_request: {
        used: requests === 0 ? null : costOf(ofRoutes, this.#prices).total / requests,
        billed: requests === 0 ? null : bill.total / requests,
      },
      users,
      per_user_month: users === 0 ? null : month.total / users,
      routes: dearest(
        routes.map((row) => {
          const cost = costOf(usageOf(row), this.#prices);
          const { method, route } = row;
          return { method, route, requests: row.requests, cost, per_request: cost.total / row.requests };
        }),
      ),
      jobs: dearest(
        jobs.map((row) => {
          const cost = costOf(usageOf(row), this.#prices);
          const attempts = row.run.count;
          return { job: row.job, attempts, cost, per_attempt: attempts === 0 ? 0 : cost.total / attempts };
        }),
      ),
      at_ten_times: this.#tenTimes(ofMonth, cpuShare, databaseShare, samples),
      break_even_users: breakEvenUsers(month, users, this.#prices.revenue_per_user_month),
      objective_at_risk: atRisk(levels),
      budget,
    };
  }

  /** All use grows with the traffic: what is constant in it makes this an upper bound. */
  #tenTimes(
    ofMonth: Parameters<typeof billOf>[0],
    cpu: Share,
    database: Share,
    samples: readonly ReadSample[],
  ) {
    const cpuCores = coresFor(10, cpu, this.#prices.cpu.cores);
    const databaseCores = coresFor(10, database, this.#prices.database.cores);
    const sentBytes = ofMonth.sentBytes * 10;
    const uses = [
      { resource: 'cpu' as const, use: cpu.provided === 0 ? 0 : cpu.used / cpu.provided },
      { resource: 'database' as const, use: database.provided === 0 ? 0 : database.used / database.provided },
      { resource: 'connections' as const, use: worstProcess(samples, poolShare) ?? 0 },
      { resource: 'event-loop' as const, use: worstProcess(samples, loopUse) ?? 0 },
    ];
    return {
      month: billOf({ ...ofMonth, cpuCores, databaseCores, sentBytes }, this.#prices),
      cpu_cores: cpuCores,
      database_cores: databaseCores,
      limits: uses
        .sort((a, b) => b.use - a.use)
        .map((limit) => ({ ...limit, full_at: limit.use === 0 ? null : 1 / limit.use })),
    };
  }
}

/** Returns the seconds that the samples cover, by the clock of the database. */
function measuredSeconds(samples: readonly ReadSample[], now: Date, most: number): number {
  const first = samples[0];
  if (!first) return 0;
  return Math.min(most, Math.max(sampleSeconds, (now.getTime() - first.at.getTime()) / 1000));
}

const usageOf = ({ cost }: Pick<OpsRoute | OpsJob, 'cost'>): Usage => ({
  cpuSeconds: cost.cpu_seconds,
  databaseSeconds: cost.database_seconds,
  bytes: cost.bytes ?? 0,
});

function sumOf(usages: readonly Usage[]): Usage {
  const sum = { cpuSeconds: 0, databaseSeconds: 0, bytes: 0 };
  for (const usage of usages)
    for (const key of ['cpuSeconds', 'databaseSeconds', 'bytes'] as const) sum[key] += usage[key];
  return sum;
}

const totalIn = (samples: readonly ReadSample[], metric: string) => totalOf(pointsOf(samples, metric));

const dearest = <Row extends { cost: { total: number } }>(rows: Row[]): Row[] =>
  rows.sort((a, b) => b.cost.total - a.cost.total).slice(0, maxRows);

/** Returns the objective of which the least is left: of requests that may fail, or that may be slow. */
function atRisk(levels: readonly ServiceLevel[]) {
  const all = levels.flatMap(({ class: name, availability, latency, state }) => [
    { class: name, objective: 'availability', budget_left: availability.budget_left, state },
    ...latency.map(({ threshold_seconds: threshold, objective, value }) => ({
      class: name,
      objective: `${objective * 100} % within ${threshold} s`,
      budget_left: value === null ? null : 1 - (1 - value) / (1 - objective),
      state,
    })),
  ]);
  const known = all.flatMap((one) =>
    one.budget_left === null ? [] : [{ ...one, budget_left: one.budget_left }],
  );
  return known.sort((a, b) => a.budget_left - b.budget_left)[0] ?? null;
}
