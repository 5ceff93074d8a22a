import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { waitUntilReady } from './ready.js';

let server: Server;
let url: string;
let answers: number;
let readyAt: number;
let said: string[];

beforeEach(async () => {
  [answers, readyAt, said] = [0, Number.POSITIVE_INFINITY, []];
  server = createServer((_request, response) => {
    answers += 1;
    response.writeHead(answers >= readyAt ? 200 : 503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close());

const wait = (
  progress: () => number,
  limits: { saysEveryMs: number; hangsAfterMs: number },
  signal?: AbortSignal,
) =>
  waitUntilReady(
    { name: 'worker', url, progress, say: (line) => said.push(line) },
    signal ?? new AbortController().signal,
    limits,
  );

it('goes on as long as the process does something, and says what it waits for', async () => {
  readyAt = 8;
  await wait(() => answers, { saysEveryMs: 0, hangsAfterMs: 250 });
  expect(said).toHaveLength(7);
  expect(said[0]).toBe(
    `waiting for the worker for 0 s: it runs, but ${url}/health/ready says that it is not ready (503)`,
  );
});

it('says that nothing listens yet', async () => {
  server.close();
  const failed = wait(() => 0, { saysEveryMs: 0, hangsAfterMs: 150 });
  await expect(failed).rejects.toThrow(
    'The worker does nothing any more: it is starting, nothing listens at',
  );
  expect(said[0]).toContain(`it is starting, nothing listens at ${url} yet`);
});

it('gives up when nothing changes any more', async () => {
  await expect(wait(() => 0, { saysEveryMs: 60_000, hangsAfterMs: 250 })).rejects.toThrow('not ready (503)');
  expect(said).toEqual([]);
});

it('ends when it is told to', async () => {
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(wait(() => 0, { saysEveryMs: 60_000, hangsAfterMs: 60_000 }, stopped)).rejects.toThrow(
    'stopped',
  );
});
