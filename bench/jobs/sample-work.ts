import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob, type JobRun, ProcessJob } from '#libs/queue';

const nothing = z.object({});

/** A job that does nothing, so that its cost is the cost of a job. */
const idle = defineJob('bench.idle', nothing);
/** A job that writes one row, in the transaction that records it as done. */
const note = defineJob('bench.note', nothing);
/** A job that tells the parent process that it has begun. */
export const reportStart = defineJob('bench.report-start', nothing);

@Injectable()
export class SampleJobsProcessor {
  constructor(private readonly db: Database) {}

  @ProcessJob(idle)
  idle(): Promise<void> {
    return Promise.resolve();
  }

  @ProcessJob(note)
  async note({ id }: JobRun<unknown>): Promise<void> {
    await this.db.conn.execute(sql`insert into bench_notes (id) values (${id})`);
  }

  @ProcessJob(reportStart)
  reportStart({ id }: JobRun<unknown>): Promise<void> {
    process.send?.(id);
    return Promise.resolve();
  }
}
