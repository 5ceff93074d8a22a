import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { createTestDatabase, eventually, figure, sized } from '#libs/testing';
import { Apis, person } from './support/apis.js';

/** Of a server with 20 connections, what is left to a role that is no superuser. */
const given = 17;

/** Connections that a worker without work keeps, at most. */
const idleMost = 8;

const callers = 40;
const requests = sized(400, 4000);

it('one API and one worker live on a server with 20 connections, as they come', async () => {
  const db = await createTestDatabase();
  const role = `few_${process.pid}`;
  await db.pool.query(
    `create role ${role} login password 'few' connection limit ${given} in role ${new URL(db.url).username}`,
  );
  const url = new URL(db.url);
  url.username = role;
  url.password = 'few';
  const apis = await Apis.create({ ...db, drop: async () => {} });
  try {
    const [api, worker] = [await apis.start('api', url.href), await apis.start('worker', url.href)];
    const statuses = new Map<number, number>();
    const queue = Array.from({ length: requests }, (_, index) => index).values();
    const client = async () => {
      for (const index of queue) {
        const { status } =
          index % 4 === 0
            ? await apis.invite(api.process.url, randomUUID(), person())
            : await fetch(`${api.process.url}/v1/users?limit=5`, { headers: { cookie: apis.admin.cookie } });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: callers }, client));
    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([200, 201]);
    const jobs = async () => {
      const { rows } = await db.pool.query<{ count: number }>(
        `select count(*)::int as count from inbox where consumer = 'users.invite'`,
      );
      return rows[0]!.count === statuses.get(201);
    };
    await eventually(jobs, { what: 'the jobs are done' });

    await api.process.stop();
    const idle = await eventually(
      async () => {
        const { rows } = await db.pool.query<{ count: number }>(
          'select count(*)::int as count from pg_stat_activity where usename = $1',
          [role],
        );
        return rows[0]!.count <= idleMost && rows[0]!.count;
      },
      { what: 'the worker gives back what it does not need' },
    );
    expect(worker.process.child.exitCode).toBeNull();
    figure(
      `${callers} callers on a database with ${given} connections`,
      `${requests} requests, all answered; the worker keeps ${idle} without work (at most ${idleMost})`,
    );
  } finally {
    await apis.close();
    await db.drop();
  }
});
