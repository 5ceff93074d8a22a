import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Keyring, loadConfig } from '#libs/config';
import { createPool, Database } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { AuditChainService } from './audit-chain.service.js';
import { AuditSealer } from './audit-sealer.js';
import { WriterBarrier } from './writer-barrier.js';

Logger.overrideLogger(false);

let database: TestDatabase;
let db: Database;
let keyring: Keyring;

beforeAll(async () => {
  database = await createTestDatabase();
  db = new Database(createPool(database.url, { role: 'worker', max: 3 }));
  const SECRET_KEYS = randomBytes(32).toString('base64url');
  keyring = new Keyring(loadConfig({ NODE_ENV: 'test', DATABASE_URL: database.url, SECRET_KEYS }));
});
afterAll(async () => {
  await db.pool.end();
  await database.drop();
});

const verify = () => new AuditChainService(db, keyring).verify();

async function writeAndSeal(count: number) {
  await database.pool.query(
    `insert into audit_events (id, action, target) select gen_random_uuid(), 'a.b', 'c:d' from generate_series(1, $1::int)`,
    [count],
  );
  await new AuditSealer(db, keyring, new WriterBarrier(db)).seal();
}

/** Runs a statement as an attacker who owns the server: no trigger fires. */
async function tamper(statement: string) {
  const client = await database.pool.connect();
  await client.query(`set session_replication_role = 'replica'`);
  await client.query(statement);
  await client.query(`set session_replication_role = 'origin'`);
  client.release();
}

describe('the end of the audit log', () => {
  it('has nothing to compare before the first seal', async () => {
    expect(await verify()).toMatchObject({ is_intact: true, verified_seals: 0, last_sealed_at: null });
  });

  it('is compared with its last ten seals, whatever their number', async () => {
    for (let round = 0; round < 12; round += 1) await writeAndSeal(2);
    await database.pool.query(
      `insert into audit_events (id, action, target) values (gen_random_uuid(), 'a.b', 'c:d')`,
    );
    expect(await verify()).toEqual({
      is_intact: true,
      verified_seals: 10,
      verified_events: 20,
      unsealed_events: 1,
      last_sealed_at: expect.any(Date),
      findings: [],
    });
  });

  it.each([
    [
      'a changed event',
      `update audit_events set action = 'x.y' where seq = 21`,
      /^Events 21 to 22 are not those of seal 11/,
    ],
    [
      'a missing event',
      `delete from audit_events where seq = 20`,
      /^Events 19 to 20 are not those of seal 10/,
    ],
    [
      'a changed head',
      `update audit_seals set head = decode(repeat('00', 32), 'hex') where number = 9`,
      /^Seal 9 does not follow/,
    ],
    [
      'a forged signature',
      `update audit_seals set signature = decode(repeat('00', 32), 'hex') where number = 12`,
      /^Seal 12 has a forged/,
    ],
  ])('shows %s', async (_, statement, finding) => {
    await tamper(statement);
    const { is_intact, findings } = await verify();
    expect(is_intact).toBe(false);
    expect(findings).toContainEqual(expect.stringMatching(finding));
  });
});
