import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../machine/ports.js';
import { preflight } from './preflight.js';

let dir: string;
let env: NodeJS.ProcessEnv;
let squatter: Server | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mainstay-preflight-'));
  env = {
    DATA_DIR: join(dir, 'data'),
    PORT: String(await freePort()),
    WORKER_PORT: String(await freePort()),
  };
});
afterEach(async () => {
  squatter?.close();
  await rm(dir, { recursive: true });
});

async function squat(): Promise<string> {
  squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  return String((squatter.address() as AddressInfo).port);
}

describe('preflight', () => {
  it('makes secrets once, for their owner alone', async () => {
    const first = await preflight(env);
    const second = await preflight(env);
    expect(second.env.SECRET_KEYS).toBe(first.env.SECRET_KEYS);
    expect(Buffer.from(first.env.SECRET_KEYS ?? '', 'base64url')).toHaveLength(32);
    expect((await stat(join(dir, 'data', 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  it('names a variable with a slip once, so that the apps need not', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => {});
    const { env: ours } = await preflight({ ...env, LOG_LEVL: 'debug' });
    expect(said.mock.calls).toEqual([
      ['mainstay: LOG_LEVL is set, but nothing reads it; is LOG_LEVEL meant?'],
    ]);
    expect(ours).not.toHaveProperty('LOG_LEVL');
    said.mockRestore();
  });

  it('leaves secrets that are given alone', async () => {
    const { env: ours } = await preflight(env);
    const other = join(dir, 'other');
    await preflight({ ...env, DATA_DIR: other, SECRET_KEYS: ours.SECRET_KEYS });
    await expect(readFile(join(other, 'secrets.json'))).rejects.toThrow('ENOENT');
  });

  it.each([
    ['PORT', 'API'],
    ['WORKER_PORT', 'worker'],
  ])('names a taken %s and the way out', async (name, what) => {
    const port = await squat();
    await expect(preflight({ ...env, [name]: port })).rejects.toThrow(
      `Port ${port} (${name}, for the ${what}) is taken, maybe by another Mainstay. ` +
        `Stop what listens there, or choose another port: ${name}=${Number(port) + 100} npm start`,
    );
  });

  it('chooses ports when it may', async () => {
    const { config } = await preflight({ ...env, PORT: '0', WORKER_PORT: '0' });
    expect(config.PORT).toBeGreaterThan(0);
    expect(config.WORKER_PORT).toBeGreaterThan(0);
    expect(config.WORKER_PORT).not.toBe(config.PORT);
  });

  it('tells every wrong variable before anything is made', async () => {
    await expect(preflight({ ...env, REDIS_URL: 'cache', LOG_LEVEL: 'loud' })).rejects.toThrow(
      /REDIS_URL[\s\S]*LOG_LEVEL/,
    );
  });

  it('refuses production and says what to run there', async () => {
    await expect(preflight({ ...env, NODE_ENV: 'production' })).rejects.toThrow(
      /db-migrate\.js[\s\S]*dist\/apps\/api\/main\.js/,
    );
  });
});
