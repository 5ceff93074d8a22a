import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RetentionService } from '#libs/database';
import { FileStore } from '#libs/files';
import { defineJob } from '../outbox/job-definition.js';
import { countExpired } from '../metrics/queue-metrics.js';
import { defineSchedule } from '../schedules/schedule-definition.js';
import { ProcessJob } from '../worker/job-handlers.js';
import type { JobRun } from '../operations/job-run.js';

/** Five minutes: the first round after a long stop has more to delete than one of every minute. */
export const sweepExpired = defineJob('jobs.sweep-expired', z.strictObject({}), {
  transactional: false,
  attempts: 2,
  timeoutMs: 5 * 60_000,
});

defineSchedule('jobs.sweep-expired', { cron: '* * * * *', job: sweepExpired, data: {}, missed: 'skip' });

/** Deletes what has had its time. Correctness needs none of it: only the size of the tables does. */
@Injectable()
export class RetentionSweep {
  constructor(
    private readonly retention: RetentionService,
    private readonly files: FileStore,
  ) {}

  @ProcessJob(sweepExpired)
  async sweep({ signal }: Pick<JobRun<unknown>, 'signal'>): Promise<void> {
    await this.retention.sweep({ signal, onDeleted: (table, rows) => countExpired({ table }, rows) });
    await this.files.sweep();
  }
}
