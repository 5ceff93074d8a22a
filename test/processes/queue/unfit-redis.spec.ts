import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from '@jest/globals';
import { backends, forkWorker, TestEnvironment } from '#libs/queue/testing';

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
