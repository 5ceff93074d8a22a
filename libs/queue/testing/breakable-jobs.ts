import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineProblem } from '#libs/problem';
import { defineJob, type JobRun, ProcessJob } from '../index.js';

const order = z.object({ label: z.string(), isBroken: z.boolean(), token: z.string().optional() });
type Order = z.output<typeof order>;

class OrderBroken extends defineProblem({
  kind: 'conflict',
  code: 'breakable.broken',
  title: 'The order is broken',
  help: 'Fix it.',
}) {}

/** Fails for good while its payload says that it is broken and the table `fixes` is empty. */
export const failWhileBroken = defineJob('breakable.run', order);

/** The same in the second of its two steps. */
export const failWhileBrokenInSteps = defineJob('breakable.run-in-steps', order, {
  transactional: false,
  operation: true,
  editable: ['label', 'isBroken'],
});

@Injectable()
export class BreakableProcessor {
  constructor(private readonly db: Database) {}

  @ProcessJob(failWhileBroken)
  async run(run: JobRun<Order>) {
    await this.#effect(run);
    await this.#check(run);
  }

  @ProcessJob(failWhileBrokenInSteps)
  async runInSteps(run: JobRun<Order>) {
    if ((run.checkpoint<number>() ?? 0) < 1)
      await run.step(() => this.#effect(run), { checkpoint: 1, done: 1, total: 2 });
    await this.#check(run);
    await run.step(() => this.#effect(run), { checkpoint: 2, done: 2, total: 2 });
    return { result: { label: run.data.label } };
  }

  async #effect({ id, data }: JobRun<Order>): Promise<void> {
    await this.db.conn.execute(sql`insert into effects (message_id, label) values (${id}, ${data.label})`);
  }

  async #check({ data }: JobRun<Order>): Promise<void> {
    const { rowCount } = await this.db.conn.execute(sql`select 1 from fixes`);
    if (data.isBroken && rowCount === 0) throw new OrderBroken();
  }
}
