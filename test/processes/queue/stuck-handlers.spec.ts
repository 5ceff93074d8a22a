import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { backends, forkWorker, ignoreAbort, recordSlowly, TestEnvironment } from '#libs/queue/testing';
import { eventually } from '#libs/testing';

// The backends at the same time: most of it is waiting for the handler.
it.concurrent.each(backends)(
  'A worker process on %s ends with a failure when a handler ignores its signal, after it has drained, and the job is done elsewhere',
  async (backend) => {
    await using closing = new AsyncDisposableStack();
    const env = await TestEnvironment.create(backend);
    closing.defer(() => env.close());
    const fork = async () => {
      const worker = await forkWorker(env);
      closing.defer(() => worker.end());
      return worker;
    };

    const worker = await fork();
    const said = text(worker.child.stderr!);
    const ended = once(worker.child, 'exit');
    const id = await env.enqueue(ignoreAbort, { label: 'stuck' });
    await eventually(async () => (await env.count('starts', id)) === 1, { what: 'the job is begun' });
    await fork();
    expect(await ended).toEqual([1, null]);
    expect(await said).toContain(`A handler is stuck, of job ${id}.`);
    await eventually(async () => (await env.count('inbox', id)) === 1, { what: 'the job is done' });
    const next = await env.enqueue(recordSlowly, { label: 'next' });
    await eventually(async () => (await env.count('inbox', next)) === 1, { what: 'the other goes on' });
  },
);
