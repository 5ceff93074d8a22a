import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Config, type Prices } from '#libs/config';
import { Database } from '#libs/database';
import { PeriodicTask } from '#libs/lifecycle';
import { defineGauge } from '#libs/metrics';
import { pointsOf, totalOf } from '../reports/report-math.js';
import { SampleReader } from '../samples/sample-reader.js';
import { billOf, type BudgetAlert, budgetAlert, monthOf } from './cost-model.js';

const observeUsed = defineGauge({
  name: 'ops.budget.used',
  unit: '1',
  description:
    'share of the budget of the calendar month (UTC) that is spent; no value without a price file of your own',
  attributes: [],
});

const sent = 'http.server.sent';

/** Milliseconds between two looks at the month: money is slow. */
const lookEveryMs = 300_000;

/** Seconds that a month has at most. */
const longestMonth = 31 * 86_400;

const hour = 3_600_000;

export interface MonthToDate {
  from: Date;
  spent: number;
  expected: number;
  budget: number | null;
  used: number | null;
  alert: BudgetAlert | null;
}

/** Compares what the calendar month has cost with its budget. */
@Injectable()
export class BudgetService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #prices: Prices;
  readonly #task = new PeriodicTask(BudgetService.name, async () => {
    this.#last = await this.get();
    return lookEveryMs;
  });
  #last: MonthToDate | undefined;
  #stop: (() => void) | undefined;

  constructor(
    { PRICES_FILE }: Config,
    private readonly db: Database,
    private readonly samples: SampleReader,
  ) {
    this.#prices = PRICES_FILE;
  }

  /** Prices of an example alarm nobody. */
  onApplicationBootstrap(): void {
    if (this.#prices.isExample || this.#prices.budget_per_month === undefined) return;
    this.#stop = observeUsed(() => {
      const used = this.#last?.used ?? null;
      return used === null ? [] : [{ value: used, by: {} }];
    });
    this.#task.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop?.();
    await this.#task.stop();
  }

  /** The month counts from its first sample: nobody knows what was there before. */
  async get(): Promise<MonthToDate> {
    const [{ rows }, samples] = await Promise.all([
      this.db.conn.execute<{ now: string; size: number }>(
        sql`select now() as now, pg_database_size(current_database())::float8 as size`,
      ),
      this.samples.read({ metrics: [sent], seconds: longestMonth, resolution: '1h' }),
    ]);
    const now = new Date(rows[0]!.now);
    const { begin, end } = monthOf(now);
    const own = samples.filter(({ at }) => at >= begin);
    const from = own[0]?.at ?? now;
    const { cpu, database, budget_per_month: budget = null } = this.#prices;
    const bought = {
      storageBytes: rows[0]!.size,
      sentBytes: totalOf(pointsOf(own, sent)),
      cpuCores: cpu.cores,
      databaseCores: database.cores,
    };
    const hours = Math.max(0, (now.getTime() - from.getTime()) / hour);
    const spent = billOf({ ...bought, hours }, this.#prices).total;
    const left = (end.getTime() - now.getTime()) / hour;
    const sentBytes = hours === 0 ? 0 : (bought.sentBytes / hours) * left;
    const expected = spent + billOf({ ...bought, sentBytes, hours: left }, this.#prices).total;
    const used = budget === null ? null : spent / budget;
    return { from, spent, expected, budget, used, alert: used === null ? null : budgetAlert(used) };
  }
}
