import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineProblem } from '#libs/problem';
import { defineJob, type JobRun, ProcessJob } from '../index.js';

const order = z.object({ label: z.string(), isBroken: z.boolean(), token: z.string().optional() });
type Order = z.output<typeof order>;

class OrderBroken extends defineProblem({
  kind: 'conflict',
  code: 'mendable.broken',
  title: 'The order is broken',
  help: 'Mend it.',
}) {}

/** Two jobs that die at once while their payload says so, and until a row of `mended` says otherwise. */
export const mend = defineJob('mendable.mend', order);
export const mendInSteps = defineJob('mendable.mend-in-steps', order, {
  transactional: false,
  operation: true,
});

@Injectable()
export class MendableWork {
  constructor(@Inject(Database) private readonly db: Database) {}

  @ProcessJob(mend)
  async mend(run: JobRun<Order>) {
    await this.#effect(run);
    await this.#check(run);
  }

  /** Two steps; the second is the one that may break. */
  @ProcessJob(mendInSteps)
  async mendInSteps(run: JobRun<Order>) {
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
    const { rowCount } = await this.db.conn.execute(sql`select 1 from mended`);
    if (data.isBroken && rowCount === 0) throw new OrderBroken();
  }
}
