import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpAdapterHost } from '@nestjs/core';
import { type HttpAdapter, timeouts } from '#libs/http';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

/** Chunks of 256 KiB: 10 MiB are more than the kernel takes for a client that reads nothing. */
const chunks = 40;

let world: World;
let reader: Person;
let other: Person;
let jobId: string;
/** The connections that the client of these tests keeps. */
let before: number;
const sockets: Socket[] = [];
const { unread } = timeouts;

beforeAll(async () => {
  const unlimited = { RATE_LIMIT_DEFAULT: '100000/60', RATE_LIMIT_ANONYMOUS: '100000/60' };
  world = await startWorld({ env: { MAX_CONCURRENT_REQUESTS: '20', ...unlimited } });
  [reader, other] = await Promise.all([signedIn(world, 'admin'), signedIn(world, 'admin')]);
  jobId = await resultOf(reader);
  before = await connections();
});
afterEach(async () => {
  timeouts.unread = unread;
  for (const socket of sockets.splice(0)) socket.destroy();
  await eventually(async () => (await connections()) <= before, { what: 'the end of the connections' });
});
afterAll(() => world.close());

/** A succeeded job of this person, with a large file as its result. */
async function resultOf({ id: ownerId }: Person): Promise<string> {
  const [id, fileId] = [randomUUID(), randomUUID()];
  const { pool } = world.db;
  await pool.query(
    `insert into files (id, media_type, size, sha256, state) values ($1, 'text/csv', $2 * 262144, '\\x00', 'stored')`,
    [fileId, chunks],
  );
  await pool.query(
    `insert into file_chunks (file_id, seq, data)
     select $1, seq, decode(repeat('61', 262144), 'hex') from generate_series(0, $2 - 1) seq`,
    [fileId, chunks],
  );
  await pool.query(
    `insert into operations (id, name, owner_id, state, result_file_id, finished_at)
     values ($1, 'users.export', $2, 'succeeded', $3, now())`,
    [id, ownerId, fileId],
  );
  return id;
}

/** Sends requests without reading any answer. */
async function ask(path: string, times = 1): Promise<Socket> {
  const { hostname, port } = new URL(world.url);
  const socket = connect({ port: Number(port), host: hostname });
  sockets.push(socket);
  socket.on('error', () => {}).pause();
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${reader.cookie}\r\n\r\n`.repeat(times));
  return socket;
}

const connections = () =>
  new Promise<number>((resolve, reject) => {
    world.api.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

const result = () => `/v1/jobs/${jobId}/result`;
/** The head of an answer on a connection of its own, which ends without reading the body. */
async function headFor({ cookie }: Person, path: string): Promise<IncomingMessage> {
  const sent = get(`${world.url}${path}`, { agent: false, headers: { cookie } });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.destroy();
  return response;
}
const statusFor = async (person: Person, path: string) => (await headFor(person, path)).statusCode;

describe('an answer that nobody reads', () => {
  it('takes no place of others, whatever route streams it', async () => {
    const { httpAdapter } = world.api.get<HttpAdapterHost<HttpAdapter>>(HttpAdapterHost);
    // Pages are small, and all are sent alike: /docs is one of them.
    const streaming = httpAdapter.registeredRoutes.filter(
      ({ method, url, produces }) =>
        method === 'GET' && produces && (produces !== 'text/html' || url === '/docs'),
    );
    const paths = streaming.map(({ url }) =>
      url.replace(':id', jobId).replace(':file', 'swagger-ui-bundle.js'),
    );
    expect(paths).toEqual(
      expect.arrayContaining([result(), `/v1/jobs/${jobId}/events`, '/docs', '/docs/swagger-ui-bundle.js']),
    );
    for (const path of paths) {
      await Promise.all(Array.from({ length: 25 }, () => ask(path, 4)));
      // The requests are work until their answers begin, and then none.
      await eventually(async () => (await statusFor(other, '/v1/users/me')) === 200, {
        what: `a place beside ${path}`,
      });
      for (const socket of sockets.splice(0)) socket.destroy();
    }
  });

  it('counts for its reader, who may have twenty at a time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => ask(result())));
    const refused = await eventually(async () => {
      const response = await headFor(reader, result());
      return response.statusCode === 429 && response;
    });
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '1',
    });
    expect(refused.headers).not.toHaveProperty('content-disposition');
    // What is short does not count.
    expect(await statusFor(reader, '/v1/users/me')).toBe(200);
    expect(await statusFor(other, '/openapi.json')).toBe(200);
  });

  it('takes no place when its client has gone before it began', async () => {
    const lock = await world.db.pool.connect();
    await lock.query('begin; lock table operations in access exclusive mode');
    const waiting = async () => {
      const { rows } = await world.db.pool.query<{ count: number }>(
        `select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]!.count;
    };
    // The pool of the API has ten connections: so many handlers reach the lock, and all others wait for a connection.
    await Promise.all(Array.from({ length: 20 }, () => ask(result())));
    await eventually(async () => (await waiting()) > 0);
    for (const socket of sockets.splice(0)) socket.destroy();
    await eventually(async () => (await connections()) <= before);
    await lock.query('rollback');
    lock.release();
    await eventually(async () => (await waiting()) === 0);
    for (let round = 0; round < 5; round += 1) expect(await statusFor(reader, result())).toBe(200);
  });

  it('is ended, and its place is free again', async () => {
    timeouts.unread = 100;
    const readers = await Promise.all(Array.from({ length: 4 }, () => ask(result())));
    // A client that goes on sending does not read either.
    const sending = setInterval(() => readers[0]!.write('GET /'), 20);
    await eventually(async () => (await connections()) <= before, { what: 'the end of the connections' });
    clearInterval(sending);
    let bytes = 0;
    readers[1]!.on('data', (data) => (bytes += data.length)).resume();
    if (!readers[1]!.closed) await once(readers[1]!, 'close');
    expect(bytes).toBeLessThan(chunks * 262_144);
    expect(await statusFor(reader, result())).toBe(200);
  });

  it('is none while it is read, however slowly', async () => {
    timeouts.unread = 1500;
    const socket = await ask(result());
    const [first] = (await once(socket.resume(), 'data')) as [Buffer];
    let bytes = first.length;
    // A piece every 20 ms, until three seconds have passed on the server; then the rest.
    let pieces = 0;
    socket.on('data', (data) => {
      bytes += data.length;
      if ((pieces += 1) > 150) return;
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    await eventually(async () => bytes > chunks * 262_144 || socket.closed, { what: 'the whole file' });
    expect(bytes).toBeGreaterThan(chunks * 262_144);
  });
});
