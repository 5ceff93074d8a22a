import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../support/apps.js';
import { exchange } from '../../support/raw.js';

/** Returns the status and the code of the answer to a request with these lines after its first one. */
async function answerTo(world: World, fields: string[], target = '/v1/users', version = '1.1') {
  const head = [`GET ${target} HTTP/${version}`, ...fields, 'Connection: close', '', ''].join('\r\n');
  const answer = await exchange(world.url, head);
  return [/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1], /"code":"([^"]+)"/.exec(answer)?.[1]];
}

const malformed = ['400', 'http.malformed-request'];
const misdirected = ['421', 'http.misdirected-request'];
const served = ['401', 'access.authentication-required'];

describe('without a list of hosts', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each([
    'a b@/c',
    '',
    'user@api.example.com',
    'api.example.com/path',
    'api.example.com:port',
    'http://api.example.com',
    'a.example, b.example:1:2',
    '[::1',
    '[::g]',
    '[127.0.0.1]',
    'ex%zzample',
  ])('the Host %j is malformed', async (host) => {
    expect(await answerTo(world, [`Host: ${host}`])).toEqual(malformed);
  });

  it.each([
    ['twice', ['Host: api.example.com', 'host: other.example']],
    ['twice with one value', ['Host: api.example.com', 'HOST: api.example.com']],
    ['never', []],
  ])('a Host that is sent %s is malformed', async (_, fields) => {
    expect(await answerTo(world, fields)).toEqual(malformed);
    expect(await answerTo(world, fields, '/nothing')).toEqual(malformed);
  });

  it.each(['anything.example', 'api.example.com:8080', 'api.example.com:', '127.0.0.1', '[::1]:3000', 'a_b'])(
    'the Host %j is served',
    async (host) => {
      expect(await answerTo(world, [`Host: ${host}`])).toEqual(served);
    },
  );

  it('HTTP/1.0 needs no Host', async () => {
    expect(await answerTo(world, [], '/v1/users', '1.0')).toEqual(served);
  });

  it('a target with an invalid authority is malformed', async () => {
    expect(await answerTo(world, ['Host: api.example.com'], 'http://u@api.example.com/v1/users')).toEqual(
      malformed,
    );
  });
});

describe('with a list of hosts', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ env: { ALLOWED_HOSTS: 'API.example.com, [2001:db8::1]' } });
  });
  afterAll(() => world.close());

  it.each(['api.example.com', 'API.EXAMPLE.COM:443', '[2001:db8::1]:3000'])(
    'the host %s is served',
    async (host) => {
      expect(await answerTo(world, [`Host: ${host}`])).toEqual(served);
    },
  );

  it.each(['evil.example', 'api.example.com.evil.example', 'xapi.example.com', '127.0.0.1'])(
    'the host %s is not served',
    async (host) => {
      expect(await answerTo(world, [`Host: ${host}`])).toEqual(misdirected);
      expect(await answerTo(world, [`Host: ${host}`], '/nothing')).toEqual(misdirected);
    },
  );

  it('the target in absolute form decides, and Host does not', async () => {
    const host = ['Host: api.example.com'];
    expect(await answerTo(world, host, 'http://evil.example/v1/users')).toEqual(misdirected);
    expect(await answerTo(world, ['Host: evil.example'], 'http://api.example.com/v1/users')).toEqual(served);
  });

  it('a request without a host is not served', async () => {
    expect(await answerTo(world, [], '/v1/users', '1.0')).toEqual(misdirected);
  });

  it('probes may use an address', async () => {
    expect(await answerTo(world, ['Host: 10.1.2.3:3000'], '/health/live')).toEqual(['200', undefined]);
  });
});
