import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob, type JobRun, ProcessJob } from '#libs/queue';

const nothing = z.object({});

/** Nothing: what it costs is what a job costs. */
const idle = defineJob('bench.idle', nothing);
/** Writes one row, in the transaction that records the job as done. */
const note = defineJob('bench.note', nothing);
/** Tells the parent process that it has begun. */
export const ring = defineJob('bench.ring', nothing);

@Injectable()
export class SampleWork {
  constructor(@Inject(Database) private readonly db: Database) {}

  @ProcessJob(idle)
  idle(): Promise<void> {
    return Promise.resolve();
  }

  @ProcessJob(note)
  async note({ id }: JobRun<unknown>): Promise<void> {
    await this.db.conn.execute(sql`insert into bench_notes (id) values (${id})`);
  }

  @ProcessJob(ring)
  ring({ id }: JobRun<unknown>): Promise<void> {
    process.send?.(id);
    return Promise.resolve();
  }
}
