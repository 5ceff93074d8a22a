import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { record } from '../testing/sample-jobs.js';
import { startWorker } from '../testing/worker.js';
import { World } from '../testing/world.js';
import { WorkerHeartbeat } from '../index.js';

describe('the relay', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.create('postgres');
  });

  afterEach(() => world.close());

  it('takes out the one message that its queue refuses, and delivers its neighbours', async () => {
    await world.rows(`
      create function refuse_poison() returns trigger language plpgsql as $$
        begin if new.data::text like '%poison%' then raise exception 'no'; end if; return new; end $$`);
    await world.rows(
      'create trigger poison before insert on bullmq.job for each row execute function refuse_poison()',
    );
    const poison = newId();
    await world.db.transaction(async () => {
      for (const label of ['a', 'b', 'c']) world.promise(record, { label });
      // Refused four times before: the next one is the last.
      await world.db.tx.execute(`
        insert into outbox (id, queue, name, version, payload, headers, attempts)
        values ('${poison}', 'default', 'sample.record', 1, '{"label":"poison"}', '{}', 4)`);
    });
    const worker = await startWorker(world.config);
    await eventually(async () => (await world.rows('select 1 from effects')).length === 3, {
      what: 'the neighbours are done',
    });
    await eventually(async () => (await world.count('dead_letters', poison)) === 1, {
      what: 'the poison is buried',
    });
    await worker.close();
    expect(await world.rows(`select 1 from outbox where name like 'sample.%'`)).toHaveLength(0);
  });

  it('starts in a worker that came up before its database', async () => {
    const { port, hostname } = new URL(world.config.DATABASE_URL);
    const door = createServer((near) => {
      const far = connect(Number(port), hostname);
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    });
    const doorUrl = new URL(world.config.DATABASE_URL);
    doorUrl.port = String(await freePort());
    const id = await world.enqueue(record, { label: 'early bird' });

    const worker = await startWorker({ ...world.config, DATABASE_URL: doorUrl.href });
    const heartbeat = worker.get(WorkerHeartbeat);
    expect(heartbeat.isHealthy()).toBe(false);
    await listen(door, Number(doorUrl.port));
    await eventually(async () => (await world.count('inbox', id)) === 1, { what: 'the job is done' });
    await eventually(async () => heartbeat.isHealthy(), { what: 'the worker is healthy' });
    await worker.close();
    door.close();
  });
});

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  server.close();
  await once(server, 'close');
  return port;
}
