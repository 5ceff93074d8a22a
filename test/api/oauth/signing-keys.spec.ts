import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { SigningKeysService } from '#modules/oauth';
import { startWorld, type World } from '../../support/apps.js';
import { registeredService, type Service, tokenOf } from '../../support/machines.js';
import { inSudo, signedIn } from '../../support/people.js';

const oldKey = randomBytes(32).toString('base64url');

let world: World;
let keys: SigningKeysService;
let service: Service;
beforeEach(async () => {
  world = await startWorld({ env: { SECRET_KEYS: oldKey } });
  keys = world.api.get(SigningKeysService);
  service = await registeredService(world, await inSudo(world, await signedIn(world, 'admin')));
});
afterEach(() => world.close());

const whoIs = (token: string) =>
  request(world.url).get('/v1/service-clients/current').set('authorization', `Bearer ${token}`);

const kidOf = (token: string) => decodeProtectedHeader(token).kid!;

const published = async () =>
  (
    (await request(world.url).get('/.well-known/jwks.json').expect(200)).body as { keys: { kid: string }[] }
  ).keys.map(({ kid }) => kid);

const statusOf = async (kid: string) =>
  (await world.db.pool.query('select status, private_key from signing_keys where kid = $1', [kid])).rows[0];

/** Moves everything that happened to the keys into the past. */
const later = (interval: string) =>
  world.db.pool.query(
    `update signing_keys set created_at = created_at - $1::interval, activated_at = activated_at - $1::interval,
       retired_at = retired_at - $1::interval`,
    [interval],
  );

describe('the keys of access tokens', () => {
  it('begin with the first token: one key, however many ask at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(world, service)));
    expect(new Set(tokens.map(kidOf)).size).toBe(1);
    expect(await published()).toEqual([kidOf(tokens[0]!)]);
  });

  it('begin with the first look at the key set, once over all processes and before any token', async () => {
    const other = await startWorld({ db: world.db, env: { SECRET_KEYS: oldKey } });
    const looks = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        request((n % 2 === 0 ? world : other).url)
          .get('/.well-known/jwks.json')
          .expect(200),
      ),
    );
    const kids = looks.flatMap(({ body }) =>
      (body as { keys: { kid: string }[] }).keys.map(({ kid }) => kid),
    );
    expect(kids).toHaveLength(20);
    expect(new Set(kids).size).toBe(1);
    expect(kidOf(await tokenOf(world, service))).toBe(kids[0]);
    await other.api.close();
  });

  it('begin with the schedule where nobody asked yet', async () => {
    await keys.advance();
    const [kid] = await published();
    expect(kidOf(await tokenOf(world, service))).toBe(kid);
  });

  it('are stored sealed', async () => {
    const { kid, key } = await keys.signer();
    const { private_key: stored } = await statusOf(kid);
    const secret = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
    expect((stored as Buffer).includes(secret)).toBe(false);
    // Sealed for its row: another row's key does not open in its place.
    await world.db.pool.query(`update signing_keys set kid = $2 where kid = $1`, [kid, 'A'.repeat(43)]);
    await expect(keys.signer()).rejects.toThrow('unable to authenticate');
  });

  it('are published ten minutes before they sign, and verify ten minutes after', async () => {
    const first = await tokenOf(world, service);
    const next = await keys.rotate();
    expect(await keys.rotate()).toBe(next);
    expect(await published()).toEqual([kidOf(first), next]);
    await later('9 minutes');
    await keys.advance();
    expect(kidOf(await tokenOf(world, service))).toBe(kidOf(first));

    await later('1 minute');
    await keys.advance();
    const second = await tokenOf(world, service);
    expect(kidOf(second)).toBe(next);
    await whoIs(first).expect(200);
    await whoIs(second).expect(200);

    await later('9 minutes');
    await keys.advance();
    await whoIs(first).expect(200);
    await later('1 minute');
    await keys.advance();
    await whoIs(first).expect(401);
    await whoIs(second).expect(200);
    expect(await published()).toEqual([next]);
    expect(await statusOf(kidOf(first))).toEqual({ status: 'revoked', private_key: null });
  });

  it('are renewed after a month, and once only however many workers there are', async () => {
    const { kid } = await keys.signer();
    await keys.advance();
    expect(await published()).toEqual([kid]);
    await later('31 days');
    await Promise.all(Array.from({ length: 10 }, () => keys.advance()));
    const [, next, ...more] = await published();
    expect(more).toEqual([]);
    await later('11 minutes');
    await Promise.all(Array.from({ length: 10 }, () => keys.advance()));
    expect((await keys.signer()).kid).toBe(next);
  });

  it('are dead at once when they are revoked, and another one signs', async () => {
    const token = await tokenOf(world, service);
    const signing = await keys.revoke(kidOf(token));
    await whoIs(token).expect(401);
    expect(await published()).toEqual([signing]);
    const next = await tokenOf(world, service);
    expect(kidOf(next)).toBe(signing);
    await whoIs(next).expect(200);
    await expect(keys.revoke(kidOf(token))).rejects.toThrow('There is no such signing key');
  });

  it('that were published already go first when the one that signs is revoked', async () => {
    const { kid } = await keys.signer();
    const next = await keys.rotate();
    expect(await keys.revoke(kid)).toBe(next);
    expect((await keys.signer()).kid).toBe(next);
  });

  it('can be revoked before they ever signed', async () => {
    const { kid } = await keys.signer();
    expect(await keys.revoke(await keys.rotate())).toBe(kid);
    expect(await published()).toEqual([kid]);
  });

  it('have each change in the audit log', async () => {
    const { kid } = await keys.signer();
    const next = await keys.rotate();
    await later('11 minutes');
    await keys.advance();
    await keys.revoke(kid);
    const { rows } = await world.db.pool.query(
      `select action, target from audit_events where action like 'signing-keys.%' order by seq`,
    );
    expect(rows).toEqual([
      { action: 'signing-keys.activate', target: `signing-key:${kid}` },
      { action: 'signing-keys.publish', target: `signing-key:${next}` },
      { action: 'signing-keys.retire', target: `signing-key:${kid}` },
      { action: 'signing-keys.activate', target: `signing-key:${next}` },
      { action: 'signing-keys.revoke', target: `signing-key:${kid}` },
    ]);
  });

  it('are sealed again by a new first key of SECRET_KEYS, so that the old one may go', async () => {
    const { kid } = await keys.signer();
    const newKey = randomBytes(32).toString('base64url');
    const rotated = await startWorld({ env: { SECRET_KEYS: `${newKey},${oldKey}` } });
    const alone = await startWorld({ env: { SECRET_KEYS: newKey } });
    try {
      for (const { db } of [rotated, alone]) await copyKeys(db.pool);
      await expect(alone.api.get(SigningKeysService).signer()).rejects.toThrow('SECRET_KEYS');
      await rotated.api.get(SigningKeysService).advance();
      await copyKeys(alone.db.pool, rotated.db.pool);
      expect((await alone.api.get(SigningKeysService).signer()).kid).toBe(kid);
    } finally {
      await Promise.all([rotated.close(), alone.close()]);
    }
  });
});

it('the worker looks after them by its schedule', async () => {
  const worked = await startWorld({ worker: true });
  try {
    const kid = await eventually(
      async () => {
        await worked.db.pool.query(
          `update schedules set next_slot_at = now() where name = 'auth.rotate-signing-keys' and next_slot_at > now()`,
        );
        const { rows } = await worked.db.pool.query(`select kid from signing_keys where status = 'active'`);
        return rows[0]?.kid as string | undefined;
      },
      { what: 'the first signing key' },
    );
    expect(kid).toMatch(/^[\w-]{43}$/);
  } finally {
    await worked.close();
  }
});

async function copyKeys(to: World['db']['pool'], from = world.db.pool): Promise<void> {
  const { rows } = await from.query('select * from signing_keys');
  await to.query('delete from signing_keys');
  for (const { kid, public_key, private_key, status } of rows)
    await to.query(
      'insert into signing_keys (kid, public_key, private_key, status, activated_at) values ($1, $2, $3, $4, now())',
      [kid, public_key, private_key, status],
    );
}
