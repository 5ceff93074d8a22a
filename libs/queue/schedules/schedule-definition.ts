import type { JobDefinition } from '../outbox/job-definition.js';
import { payloadText } from '../outbox/payload.js';
import { Cron } from './cron.js';

/** Says what happens to slots that are more than a minute past, because no worker was there. */
export type MissedPolicy =
  /** They do not run. */
  | 'skip'
  /** The first of them runs, for all of them. */
  | 'run-once'
  /** Each runs. */
  | 'backfill';

export interface ScheduleOptions<T> {
  /** Five fields (minute, hour, day of month, month, day of week), or six with the second in front. */
  cron: string;
  /** IANA name of the zone on whose clock the cron is read. */
  timeZone?: string;
  job: JobDefinition<T>;
  /** The payload of the job, the same for each slot or made for the slot. */
  data: T | ((slot: Date) => T);
  missed?: MissedPolicy;
}

export interface ScheduleDefinition {
  name: string;
  cron: string;
  timeZone: string;
  job: JobDefinition<unknown>;
  dataFor: (slot: Date) => unknown;
  missed: MissedPolicy;
}

const registry = new Map<string, ScheduleDefinition>();

/**
 * Declares that a job is enqueued at certain times, once each, however many workers there are. Throws for a schedule that
 * could never run: a wrong cron, an unknown time zone, data that the job refuses.
 */
export function defineSchedule<T>(name: string, options: ScheduleOptions<T>): ScheduleDefinition {
  if (!/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/.test(name))
    throw new Error(`Not a schedule name: ${name}. Use module.verb-noun.`);
  if (registry.has(name)) throw new Error(`Two schedules have the name ${name}.`);
  const { cron, timeZone = 'UTC', job, data, missed = 'run-once' } = options;
  const dataFor = typeof data === 'function' ? (data as (slot: Date) => T) : () => data;
  const firstSlot = new Cron(cron, timeZone).next(new Date());
  payloadText(job.name, job.schema.parse(dataFor(firstSlot)));
  // One map for schedules of every job; the data was seen to fit the schema.
  const definition = { name, cron, timeZone, job: job as JobDefinition<unknown>, dataFor, missed };
  registry.set(name, definition);
  return definition;
}

/** Every declared schedule: each file `<subject>.jobs.ts` adds its own when it loads. */
export function declaredSchedules(): ScheduleDefinition[] {
  return [...registry.values()];
}
