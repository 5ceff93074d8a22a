import { afterEach, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { failWithProblem, record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';

describe.each(backends)('messages with an ordering key on %s', (backend) => {
  const closing: (() => Promise<unknown>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function createEnvironment(): Promise<TestEnvironment> {
    const env = await TestEnvironment.create(backend);
    closing.push(() => env.close());
    return env;
  }

  it('go on after one that has failed for good, and wait for one that is not due', async () => {
    const env = await createEnvironment();
    const options = { orderingKey: 'a' };
    const failed = await env.enqueue(failWithProblem, { label: 'fails' }, options);
    const late = await env.enqueue(
      record,
      { label: 'late' },
      { ...options, runAt: new Date(Date.now() + 2000) },
    );
    const last = await env.enqueue(record, { label: 'last' }, options);
    const free = await env.enqueue(record, { label: 'free' });
    const worker = await startWorker(env.config);
    closing.push(() => worker.close());
    await eventually(async () => (await env.count('inbox', last)) === 1, { what: 'the last is done' });
    expect(await env.count('dead_letters', failed)).toBe(1);
    const effects = await env.rows('select message_id from effects order by number');
    expect(effects.map(({ message_id }) => message_id as string)).toEqual([free, late, last]);
    expect(await env.rows('select 1 from dispatched_messages')).toHaveLength(0);
  });

  it('do not wait for one that was cancelled', async () => {
    const env = await createEnvironment();
    const id = newId();
    const cancelled = await env.enqueue(failWithProblem, { label: id }, { orderingKey: 'b' });
    const next = await env.enqueue(record, { label: id }, { orderingKey: 'b' });
    await env.rows(`update operations set state = 'cancelled', finished_at = now() where id = $1`, [
      cancelled,
    ]);
    const worker = await startWorker(env.config);
    closing.push(() => worker.close());
    await eventually(async () => (await env.count('inbox', next)) === 1, { what: 'the next is done' });
    expect(await env.count('dead_letters', cancelled)).toBe(0);
  });
});
