import { Injectable, Logger } from '@nestjs/common';
import { and, isNull, lt, notInArray, sql } from 'drizzle-orm';
import { advisoryLocks, Database, RetentionService } from '#libs/database';
import { Cron } from './cron.js';
import { declaredSchedules, type ScheduleDefinition } from './schedule-definition.js';
import { schedules } from './schedules.schema.js';
import { missedAfter } from './slots.js';

type Row = typeof schedules.$inferSelect;

/** Thirty days, as for everything else that jobs leave. */
const kept = sql`now() - interval '30 days'`;

/** Brings the table of schedules in line with the code. */
@Injectable()
export class ScheduleRegistry {
  readonly #log = new Logger(ScheduleRegistry.name);

  constructor(
    private readonly db: Database,
    retention: RetentionService,
  ) {
    retention.addRule(schedules, schedules.name, lt(schedules.removedAt, kept));
  }

  /** Writes what differs, which is nothing unless the release is new. The lock lets workers that start together do so one after the other. */
  async reconcile(declared: ScheduleDefinition[] = declaredSchedules()): Promise<void> {
    const { changed, removed } = await this.db.transaction(async () => {
      await this.db.tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.scheduleRegistry})`);
      // Locked, so that no slot is enqueued between reading how far a schedule is and changing its cron.
      const known = await this.db.tx.select().from(schedules).for('update');
      const now = await this.#clock();
      const byName = new Map(known.map((row) => [row.name, row]));
      const rows = declared.flatMap((definition) => changeOf(definition, byName.get(definition.name), now));
      await this.#write(rows);
      return { changed: rows, removed: await this.#remove(declared) };
    });
    for (const { name, cron, timeZone } of changed)
      this.#log.log(`${name} runs at ${cron} (${timeZone}) from now on`);
    for (const { name } of removed) this.#log.log(`${name} is no longer declared`);
  }

  /** The time after the lock: now() is when the transaction began to wait for it. */
  async #clock(): Promise<Date> {
    const { rows } = await this.db.tx.execute<{ now: string }>(sql`select clock_timestamp() as now`);
    return new Date(rows[0]!.now);
  }

  async #write(rows: (typeof schedules.$inferInsert)[]): Promise<void> {
    if (rows.length === 0) return;
    await this.db.tx
      .insert(schedules)
      .values(rows)
      .onConflictDoUpdate({
        target: schedules.name,
        set: {
          cron: sql`excluded.cron`,
          timeZone: sql`excluded.time_zone`,
          job: sql`excluded.job`,
          nextSlotAt: sql`excluded.next_slot_at`,
          removedAt: null,
        },
      });
  }

  /**
   * Marks the schedules that this release does not declare. A worker that declares one goes on with it: while releases change, an older
   * worker that starts again knows less than a newer one, and the next slot that the newer one enqueues takes the mark away.
   */
  #remove(declared: ScheduleDefinition[]): Promise<{ name: string }[]> {
    const names = declared.map(({ name }) => name);
    return this.db.tx
      .update(schedules)
      .set({ removedAt: sql`now()` })
      .where(and(isNull(schedules.removedAt), notInArray(schedules.name, names)))
      .returning({ name: schedules.name });
  }
}

/** The row to write for a schedule, or none. */
function changeOf(definition: ScheduleDefinition, row: Row | undefined, now: Date) {
  const { name, cron, timeZone } = definition;
  const job = definition.job.name;
  const keepsTimes = row && !row.removedAt && row.cron === cron && row.timeZone === timeZone;
  if (keepsTimes && row.job === job) return [];
  const nextSlotAt = keepsTimes ? row.nextSlotAt : new Cron(cron, timeZone).next(startOf(row, now));
  return [{ name, cron, timeZone, job, nextSlotAt }];
}

/**
 * New times count from now, or from the slot that is due and not enqueued yet: if the new times have it too, it is not lost.
 * Slots that passed while no release declared the schedule stay past.
 */
function startOf(row: Row | undefined, now: Date): Date {
  if (!row) return now;
  const handled = Math.min(row.nextSlotAt.getTime() - 1, now.getTime());
  return new Date(row.removedAt ? Math.max(handled, now.getTime() - missedAfter) : handled);
}
