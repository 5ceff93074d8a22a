import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { Database } from '#libs/database';
import { FileStore } from '#libs/files';
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

export const record = defineJob('sample.record', label);
/** Nothing: what it costs is what a job costs. */
const idle = defineJob('sample.idle', label);
export const stumble = defineJob('sample.stumble', label);
export const refuse = defineJob('sample.refuse', label, { operation: true });
export const wither = defineJob('sample.wither', label, { attempts: 2, operation: true });
export const linger = defineJob('sample.linger', label, { transactional: false, operation: true });
export const overrun = defineJob('sample.overrun', label, {
  transactional: false,
  operation: true,
  timeoutMs: 200,
  attempts: 1,
});
export const count = defineJob('sample.count', label, {
  queue: 'bulk',
  transactional: false,
  operation: true,
});
export const hold = defineJob('sample.hold', label);

/** As {@link record}, and slow enough to be killed in the middle. */
export const pace = defineJob('sample.pace', label);

/** Its payload was a bare text in version 1, and `{ name }` in version 2. */
export const renamed = defineJob('sample.renamed', label, {
  version: 3,
  upcasters: { 1: (name: string) => ({ name }), 2: ({ name }: { name: string }) => ({ label: name }) },
});

/** As {@link record}, and has one try. */
export const recordAtOnce = defineJob('sample.record-at-once', label, { attempts: 1 });

/** Promises a {@link record} of its own. */
export const delegate = defineJob('sample.delegate', label);

/** Deaf to its signal in its first run. */
export const ignore = defineJob('sample.ignore', label, { transactional: false, timeoutMs: 200 });

/** Has one effect after the other in its first run, until its signal aborts. */
export const keepTicking = defineJob('sample.keep-ticking', label, {
  transactional: false,
  timeoutMs: 300_000,
});

export const write = defineJob('sample.write', label, { transactional: false, operation: true });

/** What {@link write} writes: more than one chunk of a file. */
export const writtenBytes = Buffer.alloc(600_000, 'ada@example.com,Ada\n');

/** Steps of {@link count}. */
export const countTo = 12;

/** Handlers whose effects and starts are rows that a test can count: `effects` in the job's transaction, `starts` and `aborts` outside. */
@Injectable()
export class SampleWork {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly files: FileStore,
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

  @ProcessJob(stumble)
  async stumble(run: JobRun<Label>) {
    await this.#effect(run);
    if (run.attempt < 3) throw new Error(`stumbled with a NUL \0 and a lone surrogate \ud800 in the message`);
  }

  @ProcessJob(refuse)
  async refuse(run: JobRun<Label>) {
    await this.#effect(run);
    throw new LabelTaken();
  }

  @ProcessJob(wither)
  async wither(run: JobRun<Label>) {
    await this.#effect(run);
    throw new Error('secret reason');
  }

  @ProcessJob(linger)
  async linger(run: JobRun<Label>) {
    await once(run.signal, 'abort');
    run.signal.throwIfAborted();
  }

  @ProcessJob(overrun)
  async overrun(run: JobRun<Label>) {
    await once(run.signal, 'abort');
    run.signal.throwIfAborted();
  }

  /** One effect a step; slow enough to be killed in the middle. */
  @ProcessJob(count)
  async count(run: JobRun<Label>) {
    await this.#start(run);
    for (let step = run.checkpoint<number>() ?? 0; step < countTo; step += 1) {
      await sleep(50, undefined, { signal: run.signal });
      await run.step(() => this.#effect(run), { checkpoint: step + 1, done: step + 1, total: countTo });
    }
    return { result: { counted: countTo } };
  }

  @ProcessJob(write)
  async write() {
    const { id } = await this.files.stage(Readable.from([writtenBytes]), {
      mediaType: 'text/csv',
      name: 'über all.csv',
      maxBytes: writtenBytes.length,
    });
    return { fileId: id };
  }

  /** Holds its first run in the middle of the transaction until its worker is killed. */
  @ProcessJob(hold)
  async hold(run: JobRun<Label>) {
    await this.#effect(run);
    if ((await this.#start(run)) === 1) await once(run.signal, 'abort');
  }

  @ProcessJob(pace)
  async pace(run: JobRun<Label>) {
    await sleep(5);
    await this.#effect(run);
  }

  @ProcessJob(renamed)
  async renamed(run: JobRun<Label>) {
    await this.#effect(run);
  }

  @ProcessJob(recordAtOnce)
  async recordAtOnce(run: JobRun<Label>) {
    await this.#effect(run);
  }

  @ProcessJob(delegate)
  delegate({ data }: JobRun<Label>): Promise<void> {
    this.jobs.enqueue(record, data);
    return Promise.resolve();
  }

  @ProcessJob(ignore)
  async ignore(run: JobRun<Label>) {
    if ((await this.#start(run)) === 1) await new Promise(() => {});
  }

  @ProcessJob(keepTicking)
  async tick(run: JobRun<Label>) {
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

  /** Which start of the job this is. One statement: whoever is frozen after it must not count the start of another. */
  async #start({ id }: JobRun<Label>): Promise<number> {
    const { rows } = await this.db.pool.query<{ number: number }>(
      `insert into starts (message_id) values ($1)
       returning (select count(*)::int + 1 from starts where message_id = $1) as number`,
      [id],
    );
    return rows[0]!.number;
  }
}
