import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Keyring, loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { AuditSealer } from './audit-sealer.js';
import { verifyAudit } from './audit-verification.js';
import { WriterBarrier } from './writer-barrier.js';

Logger.overrideLogger(false);

let database: TestDatabase;
let db: Database;
let keyring: Keyring;

const newKey = () => randomBytes(32).toString('base64url');
const keys = [newKey(), newKey(), newKey()] as const;
const keyringOf = (...roots: string[]) =>
  new Keyring(loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, SECRET_KEYS: roots.join(',') }));
const sealWith = (ring: Keyring) => new AuditSealer(db, ring, new WriterBarrier(db)).seal();
const seal = () => sealWith(keyring);
const verify = (options = {}) => verifyAudit(db, keyring, options);
const found = async (options = {}) =>
  (await verify(options)).findings.map(({ kind, seq, seal: number }) => [kind, seq ?? number]);

const insertion = `insert into audit_events (id, actor_kind, actor_id, action, target, meta)
  values ($1, 'user', $2, 'things.change', 'thing:1', $3)`;
const values = (n: number) => [randomUUID(), randomUUID(), JSON.stringify({ n, text: `"é"` })];
const write = async (count: number) => {
  for (let n = 0; n < count; n += 1) await database.pool.query(insertion, values(n));
};

/** Runs statements as an attacker who owns the server: no trigger fires. */
const tamper = async (...statements: string[]) => {
  const client = await database.pool.connect();
  try {
    await client.query(`set session_replication_role = 'replica'`);
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.query(`set session_replication_role = 'origin'`);
    client.release();
  }
};

beforeEach(async () => {
  database = await createTestDatabase();
  db = new Database(createPool(database.url, { role: 'worker', max: 3 }));
  keyring = keyringOf(keys[0]);
});
afterEach(async () => {
  await db.pool.end();
  await database.drop();
});

describe('sealing', () => {
  it('covers every event once, in as many seals as it takes, and gaps of the sequence are none of the log', async () => {
    await write(3);
    await database.pool.query(`select nextval(pg_get_serial_sequence('audit_events', 'seq'))`);
    await write(2);
    await seal();
    await write(4);
    await seal();
    await seal();
    expect(await verify()).toEqual({
      seals: 2,
      sealed: 9,
      unsealed: 0,
      head: expect.stringMatching(/^[\da-f]{64}$/),
      findings: [],
    });
  });

  it('seals thousands of events', async () => {
    await database.pool.query(`
      insert into audit_events (id, action, target) select gen_random_uuid(), 'a.b', 'c:d' from generate_series(1, 2500)`);
    await seal();
    expect(await verify()).toMatchObject({ seals: 3, sealed: 2500, unsealed: 0, findings: [] });
  });

  it('waits for whoever has taken a number and not committed it yet', async () => {
    const slow = await database.pool.connect();
    await slow.query('begin');
    await slow.query(insertion, values(1));
    await write(1);
    const sealing = seal();
    await eventually(async () => {
      const { rows } = await database.pool.query(
        `select from pg_stat_activity where application_name = 'mainstay-worker' and query like '%pg_locks%'
          and datname = current_database()`,
      );
      return rows.length > 0;
    });
    expect(await verify()).toMatchObject({ seals: 0, unsealed: 1 });
    await slow.query('commit');
    slow.release();
    await sealing;
    expect(await verify()).toMatchObject({ sealed: 2, unsealed: 0, findings: [] });
  });

  it('is done by one of several at once', async () => {
    await write(5);
    await Promise.all(Array.from({ length: 8 }, seal));
    expect(await verify()).toMatchObject({ seals: 1, sealed: 5, findings: [] });
  });

  it('goes on under a new key, and the old one may be forgotten then', async () => {
    await write(2);
    await seal();
    keyring = keyringOf(keys[1], keys[0]);
    await seal();
    keyring = keyringOf(keys[1]);
    await write(1);
    await seal();
    expect(await verify()).toMatchObject({ seals: 3, sealed: 3, findings: [] });
  });

  /** What an attacker with the rights of the application can add: a seal of the right form, whose signature is anything. */
  const forge = async (keyId: string, lastSeq = 7) => {
    await database.pool.query(
      `select audit_append_seal(coalesce(max(number), 0) + 1, coalesce(max(last_seq), 0) + 1, $2, 0, '', sha256('x'), $1,
         sha256('y'), now()) from audit_seals`,
      [keyId, lastSeq],
    );
  };

  it.each(['of a known key', 'of an unknown key'])(
    'goes on from the last seal of ours when forged ones come after it: %s',
    async (key) => {
      const keyId = key === 'of a known key' ? keyring.primary('audit-seal').id : 'ffffffff';
      await write(2);
      await seal();
      await forge(keyId);
      await forge(keyId, 2 ** 40);
      await write(3);
      await seal();
      await write(1);
      await seal();
      expect(await verify()).toMatchObject({ seals: 5, sealed: 6, unsealed: 0 });
      expect(await found()).toEqual([
        ['seal-forged', 2],
        ['seal-forged', 3],
      ]);
      await tamper(`update audit_events set reason = 'another' where seq = 4`);
      expect(await found()).toContainEqual(['event-changed', 4]);
    },
  );

  it('goes on when forged seals are all there are', async () => {
    await forge(keyring.primary('audit-seal').id);
    await write(2);
    await seal();
    expect(await verify()).toMatchObject({ seals: 2, sealed: 2, unsealed: 0 });
    expect(await found()).toEqual([['seal-forged', 1]]);
  });

  it('seals again what was sealed with a key that is gone, and the key may come back', async () => {
    await write(2);
    await seal();
    keyring = keyringOf(keys[2]);
    await write(1);
    await seal();
    expect(await verify()).toMatchObject({ seals: 2, sealed: 3, unsealed: 0 });
    expect(await found()).toEqual([['seal-unverifiable', 1]]);
    keyring = keyringOf(keys[2], keys[0]);
    await write(1);
    await seal();
    expect(await verify()).toMatchObject({ seals: 3, sealed: 4, unsealed: 0, findings: [] });
  });
});

describe('events and seals', () => {
  it.each([
    ['number', `audit_append_seal(2, 1, 1, 0, '', sha256('x'), 'k', sha256('y'), now())`],
    ['head', `audit_append_seal(1, 1, 1, 0, '', null, 'k', sha256('y'), now())`],
  ])('take no seal with a wrong %s', async (_, call) => {
    await expect(database.pool.query(`select ${call}`)).rejects.toThrow('not the next audit seal');
  });

  it.each(['update audit_seals set count = 0', 'delete from audit_seals', 'truncate audit_seals'])(
    'are append-only: %s',
    async (change) => {
      await expect(database.pool.query(change)).rejects.toThrow('append-only');
    },
  );
});

describe('verification', () => {
  /** Events 1–4 are under seal 1, 5–8 under seal 2, 9–12 under seal 3. */
  beforeEach(async () => {
    for (let n = 0; n < 3; n += 1) {
      await write(4);
      await seal();
    }
  });

  it.each([
    'meta',
    'reason',
    'actor_id',
    'target',
    'action',
    'outcome',
    'at',
    'impersonator_id',
    'client_network',
  ])('finds that %s of an event was changed', async (column) => {
    const value: Record<string, string> = {
      meta: `'{"n": 4}'`,
      outcome: `'denied'`,
      at: `at + interval '1 ms'`,
      impersonator_id: 'gen_random_uuid()',
    };
    await tamper(`update audit_events set ${column} = ${value[column] ?? `'another'`} where seq = 6`);
    expect(await found()).toEqual([['event-changed', 6]]);
  });

  it('finds events that are missing, within a range and at its end', async () => {
    await tamper('delete from audit_events where seq in (2, 8)');
    expect(await found()).toEqual([
      ['event-missing', 2],
      ['event-missing', 8],
    ]);
  });

  it('finds events in another order', async () => {
    await tamper(
      'alter table audit_events alter seq set generated by default',
      'update audit_events set seq = -1 where seq = 5',
      'update audit_events set seq = 5 where seq = 7',
      'update audit_events set seq = 7 where seq = -1',
    );
    expect(await found()).toEqual([
      ['event-changed', 5],
      ['event-changed', 7],
    ]);
  });

  it('finds an event that was put into a gap afterwards', async () => {
    await database.pool.query(`select nextval(pg_get_serial_sequence('audit_events', 'seq'))`);
    await write(1);
    await seal();
    await tamper(
      `insert into audit_events (seq, id, action, target) overriding system value
        values (13, gen_random_uuid(), 'a.b', 'c:d')`,
    );
    expect(await found()).toEqual([['event-added', 13]]);
  });

  it('finds a seal that was made to fit a changed event', async () => {
    await tamper(
      `update audit_events set reason = 'another' where seq = 6`,
      `update audit_seals set digests = overlay(digests placing sha256('guess') from 49) where number = 2`,
    );
    expect(await found()).toEqual([
      ['seal-forged', 2],
      ['event-changed', 6],
    ]);
    // Verification finds the forged seal even when its head fits, because only the key can sign it.
    await tamper(`update audit_seals set head = sha256('guess') where number = 3`);
    expect(await found()).toContainEqual(['seal-forged', 3]);
  });

  it('finds a missing seal in the middle, and one whose key nobody knows at the end', async () => {
    await tamper('delete from audit_seals where number = 2');
    expect(await found()).toEqual([['seal-missing', 2]]);
    await tamper(`update audit_seals set key_id = 'unknown' where number = 3`);
    expect(await found()).toEqual([
      ['seal-missing', 2],
      ['seal-unverifiable', 3],
    ]);
  });

  it('finds by a head from the log that the end was cut off or made anew', async () => {
    const { head } = await verify();
    expect(await found({ head })).toEqual([]);
    // Only the seal is gone, and the same events give the same head again.
    await tamper('delete from audit_seals where number = 3');
    expect(await found({ head })).toEqual([['head-unknown', undefined]]);
    await seal();
    expect(await found({ head })).toEqual([]);
    await write(1);
    await seal();
    expect(await found({ head })).toEqual([]);
    // Both the seal and its events are gone, which nothing in the database shows.
    await tamper('delete from audit_seals where number >= 3', 'delete from audit_events where seq > 8');
    expect(await found()).toEqual([]);
    expect(await found({ head })).toEqual([['head-unknown', undefined]]);
    await write(1);
    await seal();
    expect(await found({ head })).toEqual([['head-unknown', undefined]]);
  });

  it('finds that a trigger is off', async () => {
    await database.pool.query('alter table audit_events disable trigger audit_events_append_only');
    expect(await verify()).toMatchObject({
      findings: [{ kind: 'trigger-off', detail: expect.stringMatching(/^audit_events /) }],
    });
  });
});
