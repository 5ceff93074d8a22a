import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob, type JobRun, ProcessJob } from '../index.js';
import type { World } from './world.js';

const label = z.object({ label: z.string() });
type Label = z.output<typeof label>;

/** A queue of its own, to be limited as a whole. */
export const crowd = defineJob('crowd.enter', label, { queue: 'crowd', transactional: false });

export const placesPerOwner = 2;
export const reserved = defineJob('crowd.reserve', label, {
  transactional: false,
  maxRunningPerOwner: placesPerOwner,
});

/** Milliseconds that each job takes: long enough to overlap with the next. */
const occupied = 40;

/** Jobs that write down from when to when they ran. */
@Injectable()
export class CrowdWork {
  constructor(@Inject(Database) private readonly db: Database) {}

  @ProcessJob(crowd)
  enter(run: JobRun<Label>) {
    return this.#occupy(run);
  }

  /** The first run of every third fails, after it has been there. */
  @ProcessJob(reserved)
  async reserve(run: JobRun<Label>) {
    await this.#occupy(run);
    if (run.attempt === 1 && run.data.label.endsWith('3')) throw new Error('stumbled');
  }

  async #occupy({ id, ownerId }: JobRun<Label>): Promise<void> {
    const { rows } = await this.db.pool.query<{ seq: string }>(
      'insert into spans (message_id, owner) values ($1, $2) returning seq',
      [id, ownerId],
    );
    await sleep(occupied);
    await this.db.pool.query('update spans set ended_at = clock_timestamp() where seq = $1', [rows[0]!.seq]);
  }
}

export async function createSpans(world: World): Promise<void> {
  await world.rows(`create table spans (seq serial primary key, message_id uuid, owner text,
    started_at timestamptz not null default clock_timestamp(), ended_at timestamptz)`);
}

/** The most runs that there were at one instant: an overlap is greatest when a run starts. */
export async function mostAtOnce(world: World, owner?: string): Promise<number> {
  const [row] = await world.rows<{ most: number }>(
    `select max(others)::int as most from spans s, lateral (
       select count(*) as others from spans o
       where o.started_at <= s.started_at and o.ended_at > s.started_at
         and ($1::text is null or o.owner = $1)) at_start
     where $1::text is null or s.owner = $1`,
    [owner ?? null],
  );
  return row?.most ?? 0;
}
