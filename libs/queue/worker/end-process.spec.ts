import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { type ForkedWorker, forkWorker } from '../testing/forked-worker.js';
import { ignoreAbort, recordSlowly } from '../testing/sample-jobs.js';
import { backends, TestEnvironment } from '../testing/test-environment.js';

describe.each(backends)('a worker process on %s', (backend) => {
  let env: TestEnvironment;
  const workers: ForkedWorker[] = [];

  beforeEach(async () => {
    env = await TestEnvironment.create(backend);
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.end();
    await env.close();
  });

  it('ends with a failure when a handler ignores its signal, after it has drained, and the job is done elsewhere', async () => {
    const worker = await forkWorker(env);
    workers.push(worker);
    const said = text(worker.child.stderr!);
    const ended = once(worker.child, 'exit');
    const id = await env.enqueue(ignoreAbort, { label: 'stuck' });
    await eventually(async () => (await env.count('starts', id)) === 1, { what: 'the job is begun' });
    workers.push(await forkWorker(env));
    expect(await ended).toEqual([1, null]);
    expect(await said).toContain(`A handler is stuck, of job ${id}.`);
    await eventually(async () => (await env.count('inbox', id)) === 1, { what: 'the job is done' });
    const next = await env.enqueue(recordSlowly, { label: 'next' });
    await eventually(async () => (await env.count('inbox', next)) === 1, { what: 'the other goes on' });
  }, 60_000);
});

it.each(backends.filter((backend) => backend === 'redis'))(
  'A worker in production refuses a %s that would lose jobs, and says what to change',
  async (backend) => {
    const env = await TestEnvironment.create(backend);
    const variables = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://mainstay.test',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'a@example.com',
    };
    const { child } = await forkWorker(env, { variables });
    const said = text(child.stderr!);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(await said).toContain(
      'Redis would lose jobs. It forgets them when it restarts: set appendonly to yes.',
    );
    await env.close();
  },
);
