import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineJob, type JobRun, ProcessJob } from '../index.js';
import type { TestEnvironment } from './test-environment.js';

const label = z.object({ label: z.string() });
type Label = z.output<typeof label>;

/** In a queue of its own, so that a test can limit the queue as a whole. */
export const recordSpan = defineJob('spans.record', label, { queue: 'spans', transactional: false });

export const maxPerOwner = 2;

/** Limited for each owner. The first attempt of those whose label ends with 3 fails. */
export const recordSpanOfOwner = defineJob('spans.record-of-owner', label, {
  transactional: false,
  maxRunningPerOwner: maxPerOwner,
});

/** Milliseconds that each job takes: long enough to overlap with the next. */
const spanMs = 40;

/** Jobs that write down from when to when they ran. */
@Injectable()
export class SpanProcessor {
  constructor(private readonly db: Database) {}

  @ProcessJob(recordSpan)
  record(run: JobRun<Label>) {
    return this.#record(run);
  }

  @ProcessJob(recordSpanOfOwner)
  async recordOfOwner(run: JobRun<Label>) {
    await this.#record(run);
    if (run.attempt === 1 && run.data.label.endsWith('3')) throw new Error('failed once');
  }

  async #record({ id, ownerId }: JobRun<Label>): Promise<void> {
    const { rows } = await this.db.pool.query<{ seq: string }>(
      'insert into spans (message_id, owner) values ($1, $2) returning seq',
      [id, ownerId],
    );
    await sleep(spanMs);
    await this.db.pool.query('update spans set ended_at = clock_timestamp() where seq = $1', [rows[0]!.seq]);
  }
}

export async function createSpans(env: TestEnvironment): Promise<void> {
  await env.rows(`create table spans (seq serial primary key, message_id uuid, owner text,
    started_at timestamptz not null default clock_timestamp(), ended_at timestamptz)`);
}

/** The most attempts that there were at one instant: an overlap is greatest when an attempt starts. */
export async function mostAtOnce(env: TestEnvironment, owner?: string): Promise<number> {
  const [row] = await env.rows<{ most: number }>(
    `select max(others)::int as most from spans s, lateral (
       select count(*) as others from spans o
       where o.started_at <= s.started_at and o.ended_at > s.started_at
         and ($1::text is null or o.owner = $1)) at_start
     where $1::text is null or s.owner = $1`,
    [owner ?? null],
  );
  return row?.most ?? 0;
}
