import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { createTestDatabase, eventually, TcpProxy } from '#libs/testing';
import type { HealthCheck } from './health-check.js';
import { OutageLog } from './outage-log.js';
import { PostgresCheck } from './postgres.check.js';
import { RedisCheck } from './redis.check.js';

let lines: string[];
beforeEach(() => {
  lines = [];
  const keep = (line: string) => void lines.push(line);
  Logger.overrideLogger({ log: keep, error: keep, warn: keep });
});
afterEach(() => Logger.overrideLogger(false));

const SECRET_KEYS = Buffer.alloc(40, 'keys of this test: 0123456789').toString('base64url');

/** Asks as a prober does, again and again, until the check says this. */
const until = (check: HealthCheck, name: string, status: string) =>
  eventually(async () => (await check.check())[name]?.status === status);

describe('an outage is told once when it begins, with its reason, and once when it ends:', () => {
  it('however often it is asked', () => {
    const outages = new OutageLog('Postgres');
    outages.passed();
    for (const error of [new Error('first'), new Error('second')]) outages.failed(error);
    outages.passed();
    outages.passed();
    outages.failed(new AggregateError([new Error('third'), new Error('fourth')]));
    expect(lines).toEqual([
      'Postgres cannot be used: first',
      'Postgres can be used again, after 0 s',
      'Postgres cannot be used: third',
    ]);
  });

  it('Postgres refuses the password', async () => {
    const db = await createTestDatabase();
    const url = new URL(db.url);
    url.password = 'not-the-password';
    const check = checkOfPostgres(url.href);
    await until(check, 'postgres', 'down');
    await check.onApplicationShutdown();
    await db.drop();
    expect(lines).toEqual([
      expect.stringMatching(/^Postgres cannot be used: password authentication failed/),
    ]);
  });

  it('Postgres goes and comes back', async () => {
    const db = await createTestDatabase();
    const proxy = await TcpProxy.to(db.url);
    const check = checkOfPostgres(proxy.through(db.url));
    await until(check, 'postgres', 'up');
    await proxy.down();
    await until(check, 'postgres', 'down');
    await proxy.up();
    await until(check, 'postgres', 'up');
    await check.onApplicationShutdown();
    await proxy.down();
    await db.drop();
    expect(lines).toEqual([
      expect.stringMatching(/^Postgres cannot be used: /),
      expect.stringMatching(/^Postgres can be used again, after \d+ s$/),
    ]);
  });

  it('Redis is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    const config = loadConfig({
      NODE_ENV: 'test',
      DATABASE_URL: 'postgres://db/x',
      SECRET_KEYS,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    });
    const check = new RedisCheck(config, new HealthIndicatorService());
    await until(check, 'redis', 'degraded');
    await until(check, 'redis', 'degraded');
    check.onApplicationShutdown();
    expect(lines).toEqual([`Redis cannot be used: connect ECONNREFUSED 127.0.0.1:${port}`]);
  });
});

function checkOfPostgres(DATABASE_URL: string): PostgresCheck {
  const config = loadConfig({ NODE_ENV: 'test', DATABASE_URL, SECRET_KEYS });
  const db = new Database(createPool(DATABASE_URL, { role: 'api', max: 1 }));
  return new PostgresCheck(config, db, new HealthIndicatorService());
}
