import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { Keyring, loadConfig, seal } from '#libs/config';
import { createPool, Database, newId } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { newTotpSecret } from './totp.js';
import { TotpService } from './totp.service.js';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database(createPool(database.url, { role: 'worker', max: 2 }));
});
afterAll(async () => {
  await db?.pool.end();
  await database?.drop();
});

const newKey = () => randomBytes(32).toString('base64url');

function keyringOf(...keys: string[]): Keyring {
  return new Keyring(loadConfig({ DATABASE_URL: database.url, SECRET_KEYS: keys.join(',') }));
}

/** Creates a user with an app whose secret these keys sealed. */
async function personWithApp(keyring: Keyring) {
  const [userId, id, secret] = [newId(), newId(), newTotpSecret()];
  const sealed = seal(secret, { keyring, purpose: 'totp', bound: Buffer.from(`totp:${userId}:${id}`) });
  await database.pool.query(
    `insert into users (id, email, name, role, status) values ($1, $2, 'Ada', 'member', 'active')`,
    [userId, `${userId}@example.com`],
  );
  await database.pool.query(
    'insert into totp_factors (id, user_id, secret, confirmed_at) values ($1, $2, $3, now())',
    [id, userId, sealed],
  );
  const stored = async () =>
    (await database.pool.query<{ secret: Buffer }>('select secret from totp_factors where id = $1', [id]))
      .rows[0]!.secret;
  const app = new Secret({ buffer: new Uint8Array(secret).buffer });
  return { userId, sealed, stored, code: () => TOTP.generate({ secret: app }) };
}

it('seals again what an older key sealed, after which that key is not needed', async () => {
  const [older, newer] = [newKey(), newKey()];
  const before = await personWithApp(keyringOf(older));
  const after = await personWithApp(keyringOf(newer));
  const use = (keyring: Keyring, { userId, code }: typeof before) =>
    db.transaction(() => new TotpService(db, keyring).use(userId, code()));
  await expect(use(keyringOf(newer), before)).rejects.toThrow('no longer in SECRET_KEYS');

  await db.transaction(() => new TotpService(db, keyringOf(newer, older)).reseal());
  expect(await use(keyringOf(newer), before)).toBe(true);
  expect((await after.stored()).equals(after.sealed)).toBe(true);
});
