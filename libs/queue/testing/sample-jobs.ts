import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { defineProblem } from '#libs/problem';
import { defineJob, type JobRun, JobsService, ProcessJob } from '../index.js';

const label = z.object({ label: z.string() });
type Label = z.output<typeof label>;

class LabelTaken extends defineProblem({
  kind: 'conflict',
  code: 'sample.label-taken',
  title: 'The label is taken',
  help: 'Choose another.',
}) {}

/** Has one effect. */
export const record = defineJob('sample.record', label);
/** Has no effect: what it costs is what a job costs. */
const idle = defineJob('sample.idle', label);
/** Fails in its first two attempts. */
export const failTwice = defineJob('sample.fail-twice', label);
/** Fails with a problem that another attempt would not overcome. */
export const failWithProblem = defineJob('sample.fail-with-problem', label, { operation: true });
/** Fails in each of its two attempts. */
export const failAlways = defineJob('sample.fail-always', label, { attempts: 2, operation: true });
/** Runs until its signal aborts. */
export const waitForAbort = defineJob('sample.wait-for-abort', label, {
  transactional: false,
  operation: true,
});
/** Runs until its time is over. */
export const exceedTimeout = defineJob('sample.exceed-timeout', label, {
  transactional: false,
  operation: true,
  timeoutMs: 200,
  attempts: 1,
});
/** Has one effect in each of {@link countTo} steps. */
export const count = defineJob('sample.count', label, {
  queue: 'bulk',
  transactional: false,
  operation: true,
});
/** Has one effect in a step, and then runs until its signal aborts. */
export const stepAndWait = defineJob('sample.step-and-wait', label, {
  queue: 'bulk',
  transactional: false,
  operation: true,
});
/** Hangs in its first attempt, in the middle of the transaction, until its worker is killed. */
export const hangOnce = defineJob('sample.hang-once', label);

/** As {@link record}, and slow enough to be killed in the middle. */
export const recordSlowly = defineJob('sample.record-slowly', label);

/** As {@link record}. Its payload was a bare text in version 1, and `{ name }` in version 2. */
export const recordUpcast = defineJob('sample.record-upcast', label, {
  version: 3,
  upcasters: { 1: (name: string) => ({ name }), 2: ({ name }: { name: string }) => ({ label: name }) },
});

/** As {@link record}, and has one attempt. */
export const recordInOneAttempt = defineJob('sample.record-in-one-attempt', label, { attempts: 1 });

/** Enqueues a {@link record}. */
export const enqueueRecord = defineJob('sample.enqueue-record', label);

/** Ignores its signal in its first attempt. */
export const ignoreAbort = defineJob('sample.ignore-abort', label, { transactional: false, timeoutMs: 200 });

/** Has one effect after the other in its first attempt, until its signal aborts. */
export const recordUntilAbort = defineJob('sample.record-until-abort', label, {
  transactional: false,
  timeoutMs: 300_000,
});

export const write = defineJob('sample.write', label, { transactional: false, operation: true });

/** The job {@link write} writes these bytes: more than one chunk of a file. */
export const writtenBytes = Buffer.alloc(600_000, 'ada@example.com,Ada\n');

/** Steps of {@link count}. */
export const countTo = 12;

/** Handlers whose effects and starts are rows that a test can count: `effects` in the job's transaction, `starts` and `aborts` outside. */
@Injectable()
export class SampleProcessor {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
  ) {}

  @ProcessJob(record)
  async record(run: JobRun<Label>) {
    await this.#effect(run);
  }

  @ProcessJob(idle)
  idle() {
    return Promise.resolve();
  }

  @ProcessJob(failTwice)
  async failTwice(run: JobRun<Label>) {
    await this.#effect(run);
    if (run.attempt < 3) throw new Error(`failed with a NUL \0 and a lone surrogate \ud800 in the message`);
  }

  @ProcessJob(failWithProblem)
  async failWithProblem(run: JobRun<Label>) {
    await this.#effect(run);
    throw new LabelTaken();
  }

  @ProcessJob(failAlways)
  async failAlways(run: JobRun<Label>) {
    await this.#effect(run);
    throw new Error('secret reason');
  }

  @ProcessJob(waitForAbort)
  async waitForAbort(run: JobRun<Label>) {
    await once(run.signal, 'abort');
    run.signal.throwIfAborted();
  }

  @ProcessJob(exceedTimeout)
  async exceedTimeout(run: JobRun<Label>) {
    await once(run.signal, 'abort');
    run.signal.throwIfAborted();
  }

  /** Slow enough to be killed in the middle. */
  @ProcessJob(count)
  async count(run: JobRun<Label>) {
    await this.#start(run);
    for (let step = run.checkpoint<number>() ?? 0; step < countTo; step += 1) {
      await sleep(50, undefined, { signal: run.signal });
      await run.step(() => this.#effect(run), { checkpoint: step + 1, done: step + 1, total: countTo });
    }
    return { result: { counted: countTo } };
  }

  @ProcessJob(stepAndWait)
  async stepAndWait(run: JobRun<Label>) {
    await run.step(() => this.#effect(run), { checkpoint: run.attempt, done: run.attempt });
    await once(run.signal, 'abort');
    run.signal.throwIfAborted();
  }

  @ProcessJob(write)
  write(run: JobRun<Label>) {
    return run.stage(Readable.from([writtenBytes]), {
      mediaType: 'text/csv',
      name: 'über all.csv',
      maxBytes: writtenBytes.length,
    });
  }

  @ProcessJob(hangOnce)
  async hangOnce(run: JobRun<Label>) {
    await this.#effect(run);
    if ((await this.#start(run)) === 1) await once(run.signal, 'abort');
  }

  @ProcessJob(recordSlowly)
  async recordSlowly(run: JobRun<Label>) {
    await sleep(5);
    await this.#effect(run);
  }

  @ProcessJob(recordUpcast)
  async recordUpcast(run: JobRun<Label>) {
    await this.#effect(run);
  }

  @ProcessJob(recordInOneAttempt)
  async recordInOneAttempt(run: JobRun<Label>) {
    await this.#effect(run);
  }

  @ProcessJob(enqueueRecord)
  enqueueRecord({ data }: JobRun<Label>): Promise<void> {
    this.jobs.enqueue(record, data);
    return Promise.resolve();
  }

  @ProcessJob(ignoreAbort)
  async ignoreAbort(run: JobRun<Label>) {
    if ((await this.#start(run)) === 1) await new Promise(() => {});
  }

  @ProcessJob(recordUntilAbort)
  async recordUntilAbort(run: JobRun<Label>) {
    if ((await this.#start(run)) > 1) return;
    while (!run.signal.aborted) {
      await this.#effect(run);
      await sleep(50);
    }
    await this.db.pool.query('insert into aborts (message_id, reason) values ($1, $2)', [
      run.id,
      (run.signal.reason as Error).message,
    ]);
  }

  async #effect({ id, data }: JobRun<Label>): Promise<void> {
    await this.db.conn.execute(sql`insert into effects (message_id, label) values (${id}, ${data.label})`);
  }

  /** The number of this start of the job. One statement: a worker that is frozen after it must not count the start of another. */
  async #start({ id }: JobRun<Label>): Promise<number> {
    const { rows } = await this.db.pool.query<{ number: number }>(
      `insert into starts (message_id) values ($1)
       returning (select count(*)::int + 1 from starts where message_id = $1) as number`,
      [id],
    );
    return rows[0]!.number;
  }
}
