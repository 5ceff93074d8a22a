import { Injectable } from '@nestjs/common';
import { RetentionService } from '#libs/database';
import { countExpired } from '../metrics/queue-metrics.js';
import type { JobRun } from '../operations/job-run.js';
import { ProcessJob } from '../worker/job-handlers.js';
import { sweepExpired } from './retention.jobs.js';

/** Deletes rows whose time is over. Correctness needs none of it: only the size of the tables does. */
@Injectable()
export class RetentionProcessor {
  constructor(private readonly retention: RetentionService) {}

  @ProcessJob(sweepExpired)
  sweep({ signal }: Pick<JobRun<unknown>, 'signal'>): Promise<void> {
    return this.retention.sweep({ signal, onDeleted: (table, rows) => countExpired({ table }, rows) });
  }
}
