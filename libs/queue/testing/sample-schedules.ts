import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob } from '../outbox/job-definition.js';
import { ProcessJob } from '../worker/job-handlers.js';
import type { JobRun } from '../operations/job-run.js';
import { defineSchedule } from '../schedules/schedule-definition.js';

/** A job whose effect names its slot and its schedule. */
export const tick = defineJob('sample.tick', z.object({ label: z.string() }));

@Injectable()
export class TickProcessor {
  constructor(private readonly db: Database) {}

  @ProcessJob(tick)
  async tick({ id, data }: JobRun<{ label: string }>): Promise<void> {
    await this.db.tx.execute(sql`insert into effects (message_id, label) values (${id}, ${data.label})`);
  }
}

const sample = { timeZone: 'Europe/Berlin', job: tick } as const;
const labelOf = (name: string) => (slot: Date) => ({ label: `${name} ${slot.toISOString()}` });

/** Every second, so that a test of a few seconds has slots to count. */
export const everySecond = defineSchedule('sample.every-second', {
  ...sample,
  cron: '* * * * * *',
  data: labelOf('every-second'),
  missed: 'backfill',
});

/** The others are due when a test says so. */
export const yearly = '0 0 1 1 *';
defineSchedule('sample.skip', { ...sample, cron: yearly, data: labelOf('skip'), missed: 'skip' });
defineSchedule('sample.run-once', { ...sample, cron: yearly, data: labelOf('run-once') });
defineSchedule('sample.backfill', {
  ...sample,
  cron: yearly,
  data: labelOf('backfill'),
  missed: 'backfill',
});

/** Has no data for slots of the past, so that only a worker finds out. */
defineSchedule('sample.broken', {
  ...sample,
  cron: yearly,
  data: (slot) => {
    if (slot.getTime() < Date.now()) throw new Error('no data for this slot');
    return labelOf('broken')(slot);
  },
});
