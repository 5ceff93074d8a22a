import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SigningKeysService } from '#modules/oauth';
import { startWorld, type World } from '../support/apps.js';

const execute = promisify(execFile);

const key = randomBytes(32).toString('base64url');

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { SECRET_KEYS: key } });
});
afterAll(() => world.close());

it('npm run keys:rotate revokes a signing key', async () => {
  const keys = world.api.get(SigningKeysService);
  const { kid } = await keys.signer();
  const next = await keys.rotate();
  const env = { ...process.env, NODE_ENV: 'test', DATABASE_URL: world.db.url, SECRET_KEYS: key };
  const args = ['dist/commands/keys-rotate.js', `--revoke=${kid}`];
  const { stdout } = await execute(process.execPath, args, { env });
  expect(stdout).toContain(`The key ${next} signs from now on.`);
  const { rows } = await world.db.pool.query(`select kid from signing_keys where status <> 'revoked'`);
  expect(rows).toEqual([{ kid: next }]);
});
