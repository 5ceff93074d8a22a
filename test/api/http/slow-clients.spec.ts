import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as call } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { timeouts } from '#libs/http';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let small: World;
let admin: Person;
const sockets: Socket[] = [];
beforeAll(async () => {
  const env = { RATE_LIMIT_ANONYMOUS: '100/60' };
  world = await startWorld({ env });
  small = await startWorld({ db: world.db, env: { ...env, MAX_CONCURRENT_REQUESTS: '20' } });
  admin = await signedIn(world, 'admin');
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await small.api.close();
  await world.close();
});

const connections = ({ api }: World) =>
  new Promise<number>((resolve, reject) => {
    api.getHttpServer().getConnections((error: Error | null, count: number) => {
      if (error) reject(error);
      else resolve(count);
    });
  });

/** Opens a connection that reads nothing, and sends these bytes. */
async function attack({ url }: World, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname });
  sockets.push(socket);
  socket.on('error', () => {}).pause();
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** The status of one request on a connection of its own, or 0 when it was cut off. */
function statusOf({ url }: World, method: string, path: string, body?: string): Promise<number> {
  const headers = { cookie: admin.cookie, ...(body && { 'content-type': 'application/json' }) };
  return new Promise((resolve) => {
    const sent = call(`${url}${path}`, { method, agent: false, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
    });
    sent.on('error', () => resolve(0)).end(body);
  });
}

/** The statuses of what others ask meanwhile, ten at a time: a read that succeeds and a change that needs a key. */
async function statusesOfOthers(of: World, rounds: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const answers = Array.from({ length: 10 }, (_, index) =>
      index % 2
        ? statusOf(of, 'GET', '/v1/users/me')
        : statusOf(of, 'POST', '/v1/user-exports', '{"format":"csv"}'),
    );
    statuses.push(...(await Promise.all(answers)));
  }
  return statuses;
}

const served = (status: number) => status === 200 || status === 400;

const head = (line: string, ...fields: string[]) => [line, 'Host: x', ...fields, '', ''].join('\r\n');
const json = 'Content-Type: application/json';
const form = 'Content-Type: multipart/form-data; boundary=b';
const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail';
const key = () => `Idempotency-Key: ${randomUUID()}`;
const me = () => `Cookie: ${admin.cookie}`;

const attacks: [string, () => string][] = [
  ['say nothing', () => ''],
  ['send half a head', () => 'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nX-Slow: '],
  ['send one byte of a body', () => `${head('POST /v1/sessions HTTP/1.1', json, 'Content-Length: 999')}{`],
  [
    'send one chunk',
    () => `${head('POST /v1/sessions HTTP/1.1', json, 'Transfer-Encoding: chunked')}1\r\n{\r\n`,
  ],
  [
    'wait to be told to go on',
    () => head('POST /v1/sessions HTTP/1.1', json, 'Content-Length: 999', 'Expect: 100-continue'),
  ],
  ['send a body with GET', () => `${head('GET /v1/users/me HTTP/1.1', 'Content-Length: 999')}{`],
  ['send a body with OPTIONS', () => `${head('OPTIONS /v1/users HTTP/1.1', json, 'Content-Length: 999')}{`],
  ['send a body to no route', () => `${head('POST /nowhere HTTP/1.1', json, 'Content-Length: 999')}{`],
  [
    'begin an upload',
    () => `${head('POST /v1/user-imports HTTP/1.1', form, me(), key(), 'Content-Length: 99999')}${part}`,
  ],
  [
    'begin an upload as nobody',
    () => `${head('POST /v1/user-imports HTTP/1.1', form, 'Content-Length: 99999')}${part}`,
  ],
  ['keep their connection', () => head('GET /health/live HTTP/1.1')],
  ['send ahead', () => head('GET /v1/users/me HTTP/1.1').repeat(16)],
  ['send ahead and never enough', () => `${head('GET /v1/users/me HTTP/1.1').repeat(15)}GET /`],
  ['read no answer', () => head('GET /openapi.json HTTP/1.1', me())],
  ['read none of many answers', () => head('GET /docs/swagger-ui-bundle.js HTTP/1.1', me()).repeat(4)],
];

describe('clients that', () => {
  it.each(attacks)('%s take no place of others', async (_, bytes) => {
    await Promise.all(Array.from({ length: 40 }, () => attack(small, bytes())));
    expect((await statusesOfOthers(small, 2)).filter((status) => !served(status))).toEqual([]);
  });
});

it('600 hostile connections at the default limits take no place of others, and most of them are ended', async () => {
  const bytes = Array.from({ length: 600 }, (_, index) => attacks[index % attacks.length]![1]());
  await Promise.all(bytes.map((text) => attack(world, text)));
  const statuses = await statusesOfOthers(world, 10);
  expect(statuses.filter(served).length).toBeGreaterThanOrEqual(0.95 * statuses.length);
  // 250 without a request, 100 bodies and 20 long answers of one network may stay for a while.
  await eventually(async () => (await connections(world)) <= 250 + 100 + 20, {
    what: 'the end of the others',
  });
});

/** Sends these bytes and reads until the server closes the connection. */
async function exchangeSlowly(bytes: string): Promise<string> {
  const socket = await attack(small, bytes);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.resume();
  await once(socket, 'close');
  return received;
}

describe('a slow client', () => {
  const { body, unread } = timeouts;
  beforeAll(() => void Object.assign(timeouts, { body: 200, unread: 1000 }));
  afterAll(() => void Object.assign(timeouts, { body, unread }));

  it.each(attacks.filter(([name]) => /chunk|byte|to be told|upload$|OPTIONS/.test(name)))(
    'is told so: those who %s',
    async (_, bytes) => {
      expect(await exchangeSlowly(bytes())).toMatch(/HTTP\/1\.1 408 [\s\S]*"code":"http\.request-timeout"/);
    },
  );

  it('may take its time with an upload that arrives bit by bit', async () => {
    const bytes = head('POST /v1/user-imports HTTP/1.1', form, me(), key(), 'Transfer-Encoding: chunked');
    const socket = await attack(small, bytes);
    const chunk = (text: string) => socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    chunk(part);
    let rows = 0;
    const drip = setInterval(() => chunk(`\nperson-${(rows += 1)}@example.com`), 50);
    // Several times as long as the server waits for the next bytes.
    await eventually(async () => rows > 20);
    clearInterval(drip);
    chunk('\r\n--b--\r\n');
    socket.write('0\r\n\r\n');
    socket.resume();
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 202 /);
  });

  it('may not take it with a form, which is read before its handler begins', async () => {
    const typed = 'Content-Type: application/x-www-form-urlencoded';
    const socket = await attack(small, head('POST /v1/oauth/token HTTP/1.1', typed, 'Content-Length: 8000'));
    const drip = setInterval(() => socket.write('x'), 50);
    const [answer] = (await once(socket.resume(), 'data')) as [Buffer];
    clearInterval(drip);
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('has four uploads at a time, and is told to wait with more', async () => {
    const shortened = timeouts.body;
    timeouts.body = 600_000;
    const [, upload] = attacks.find(([name]) => name === 'begin an upload')!;
    const uploads = await Promise.all(Array.from({ length: 6 }, () => attack(small, upload())));
    const statuses: string[] = [];
    for (const socket of uploads)
      socket.resume().once('data', (answer: Buffer) => statuses.push(answer.toString('latin1', 9, 12)));
    await eventually(async () => statuses.length >= 2);
    timeouts.body = shortened;
    expect(statuses).toEqual(['429', '429']);
  });

  it('that leaves ahead of its answers leaves nothing behind', async () => {
    for (let round = 0; round < 30; round += 1) {
      const socket = await attack(small, head('GET /v1/users/me HTTP/1.1').repeat(3));
      socket.destroy();
    }
    expect((await statusesOfOthers(small, 2)).filter((status) => !served(status))).toEqual([]);
  });

  it('that sends ahead gets every answer, in order', async () => {
    const paths = ['/v1/nothing', '/health/live', '/v1/users/me', '/v1/users/%'];
    const requests = paths.map((path) => head(`GET ${path} HTTP/1.1`, me())).join('');
    const last = head('GET /problems HTTP/1.1', 'Connection: close');
    const received = await exchangeSlowly(requests + last);
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '404',
      '200',
      '200',
      '400',
      '200',
    ]);
  });
});
