import { once } from 'node:events';
import http, { Agent, createServer, request, type Server } from 'node:http';
import { get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { createPool, Database } from './index.js';
import { guardRequests } from './io-guard.js';

let test: TestDatabase;
let db: Database;
let server: Server;
let url: string;
let arrived: number;

beforeAll(async () => {
  test = await createTestDatabase();
  db = new Database(createPool(test.url, { role: 'api', max: 2 }));
  server = createServer((_request, response) => {
    arrived += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Every app calls it; the second call changes nothing.
  guardRequests();
  guardRequests();
});
beforeEach(() => {
  arrived = 0;
});
afterAll(async () => {
  server.close();
  await db.pool.end();
  await test.drop();
});

/** Resolves when the whole answer has come. */
const answered = async (sent: http.ClientRequest) => {
  const [response] = (await once(sent.end(), 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
};

describe.each<[string, () => Promise<unknown>]>([
  ['fetch', async () => fetch(url)],
  ['http.get', async () => answered(http.get(url))],
  ['a function of node:http imported by its name', async () => answered(request(url))],
  ['a request with an agent of its own', async () => answered(request(url, { agent: new Agent() }))],
  ['a request without an agent', async () => answered(request(url, { agent: false }))],
])('%s', (_, send) => {
  it('is refused inside a transaction, with an error for its caller', async () => {
    const refused: unknown[] = [];
    await db.transaction(async () => {
      await db.transaction(async () => send().catch((error: unknown) => refused.push(error)));
      await db.savepoint(async () => send().catch((error: unknown) => refused.push(error)));
    });
    // A transaction that begins with its first query, as a job does, counts as one before that query as well.
    const onFirstQuery = () => {};
    await expect(db.transaction(send, { onFirstQuery })).rejects.toThrow(
      /inside a transaction: enqueue a job/,
    );
    expect(refused.map(String)).toEqual([expect.stringContaining('db.afterCommit'), expect.any(String)]);
    expect(arrived).toBe(0);
  });

  it('goes out before a transaction, after it, and from work that outlives it', async () => {
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const { promise: hooked, resolve: onHooked, reject } = Promise.withResolvers<unknown>();
    await send();
    const outliving = await db.transaction(async () => {
      db.afterCommit(() => send().then(onHooked, reject));
      return { sent: over.then(send) };
    });
    resolve();
    await Promise.all([outliving.sent, hooked, send()]);
    expect(arrived).toBe(4);
  });
});

it('A request of node:https is refused inside a transaction', async () => {
  const work = db.transaction(async () => httpsGet(url.replace('http', 'https')));
  await expect(work).rejects.toThrow('An HTTP request inside a transaction');
});
