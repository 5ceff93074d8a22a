import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { type ForkedWorker, forkWorker } from '../testing/forked-worker.js';
import { ignore, pace } from '../testing/sample-jobs.js';
import { backends, World } from '../testing/world.js';

describe.each(backends)('a worker process on %s', (backend) => {
  let world: World;
  const workers: ForkedWorker[] = [];

  beforeEach(async () => {
    world = await World.create(backend);
  });

  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.end();
    await world.close();
  });

  it('ends with a failure when a handler is deaf to its signal, after it has drained, and the job is done elsewhere', async () => {
    const worker = await forkWorker(world);
    workers.push(worker);
    const said = text(worker.child.stderr!);
    const ended = once(worker.child, 'exit');
    const id = await world.enqueue(ignore, { label: 'deaf' });
    await eventually(async () => (await world.count('starts', id)) === 1, { what: 'the job is begun' });
    workers.push(await forkWorker(world));
    expect(await ended).toEqual([1, null]);
    expect(await said).toContain(`A handler is stuck, of job ${id}.`);
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
    const next = await world.enqueue(pace, { label: 'next' });
    await eventually(async () => (await world.count('inbox', next)) === 1, { what: 'the other goes on' });
  }, 60_000);
});

it.each(backends.filter((backend) => backend === 'redis'))(
  'A worker in production refuses a %s that would lose jobs, and says what to change',
  async (backend) => {
    const world = await World.create(backend);
    const env = {
      NODE_ENV: 'production',
      PUBLIC_URL: 'https://mainstay.test',
      SMTP_URL: 'smtp://127.0.0.1:1',
      MAIL_FROM: 'a@example.com',
    };
    const { child } = await forkWorker(world, { env });
    const said = text(child.stderr!);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(await said).toContain(
      'Redis would lose jobs. It forgets them when it restarts: set appendonly to yes.',
    );
    await world.close();
  },
);
