import { once } from 'node:events';
import { METHODS } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../support/apps.js';
import { exchange } from '../../support/raw.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** Returns what the server answers to a request line. */
async function answerTo(line: string, fields = ['Host: api.example.com', 'Connection: close']) {
  const answer = await exchange(world.url, [line, ...fields, '', ''].join('\r\n'));
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]),
    type: /^content-type: ([^;\r]+)/im.exec(answer)?.[1],
    allow: /^allow: (.+)\r$/im.exec(answer)?.[1],
    code: /"code":"([^"]+)"/.exec(answer)?.[1],
  };
}

const problem = 'application/problem+json';
const allow = 'GET, HEAD, OPTIONS, POST';
const implemented = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const parsed = METHODS.filter((method) => !implemented.includes(method) && method !== 'CONNECT');

describe('a method that no route has', () => {
  it.each(parsed)('%s is not allowed on a path that exists', async (method) => {
    expect(await answerTo(`${method} /v1/users HTTP/1.1`)).toEqual({
      status: 405,
      type: problem,
      allow,
      code: 'http.method-not-allowed',
    });
  });

  it.each(['QUERY', 'TRACE', 'PROPFIND'])('%s finds nothing at another path', async (method) => {
    expect(await answerTo(`${method} /nothing HTTP/1.1`)).toMatchObject({
      status: 404,
      code: 'http.route-not-found',
    });
  });

  it('is not allowed with a body either', async () => {
    const fields = ['Host: x', 'Connection: close', 'Content-Type: application/json', 'Content-Length: 0'];
    expect(await answerTo('QUERY /v1/users HTTP/1.1', fields)).toMatchObject({ status: 405, allow });
  });
});

describe('a method that the parser does not know', () => {
  it.each(['BREW /v1/users HTTP/1.1', 'get /v1/users HTTP/1.1', 'X-Y_Z / HTTP/1.1', 'DESCRIBE / HTTP/1.0'])(
    'is not implemented: %s',
    async (line) => {
      expect(await answerTo(line)).toEqual({
        status: 501,
        type: problem,
        allow: undefined,
        code: 'http.method-not-implemented',
      });
    },
  );

  it('is CONNECT too, because this is no proxy', async () => {
    expect(await answerTo('CONNECT api.example.com:443 HTTP/1.1')).toMatchObject({
      status: 501,
      type: problem,
      code: 'http.method-not-implemented',
    });
  });

  it("is CONNECT, also of a client that leaves before the answer: its error is nobody else's", async () => {
    const server = world.api.getHttpServer();
    for (let round = 0; round < 10; round += 1) {
      // No helper may listen to the socket of the server for errors: that would hide that nobody else does.
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = connect(Number(new URL(world.url).port), '127.0.0.1').on('error', () => {});
      const [socket] = await accepted;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      client.write('CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com\r\n\r\n', () =>
        client.resetAndDestroy(),
      );
      await closed;
    }
    expect(await answerTo('GET /health/live HTTP/1.1')).toMatchObject({ status: 200 });
  });

  it.each(['\u0016\u0003\u0001\u0002', '{"json":true}', 'GE T / HTTP/1.1', ' GET / HTTP/1.1'])(
    'is no method when the line is not a request: %j',
    async (line) => {
      expect(await answerTo(line)).toMatchObject({ status: 400, code: 'http.malformed-request' });
    },
  );
});
