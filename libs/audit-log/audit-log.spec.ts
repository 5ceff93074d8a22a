import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runInContext } from '#libs/context';
import { createPool, Database } from '#libs/database';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { AuditLog } from './index.js';

describe('the audit log', () => {
  let database: TestDatabase;
  let db: Database;
  let audit: AuditLog;

  beforeAll(async () => {
    database = await createTestDatabase();
    db = new Database(createPool(database.url, { role: 'api', max: 2 }));
    audit = new AuditLog(db);
  });

  afterAll(async () => {
    await db?.pool.end();
    await database?.drop();
  });

  const eventsOf = async (target: string) =>
    (await database.pool.query('select * from audit_events where target = $1 order by seq', [target])).rows;

  it('says who did what to what, why, and in which request', async () => {
    const actor = randomUUID();
    const principal = { kind: 'user' as const, id: actor, permissions: new Set<never>() };
    await runInContext({ requestId: 'request-17', principal }, () =>
      db.transaction(async () => {
        const meta = { text: `it's "quoted"` };
        audit.record({ action: 'things.break', target: 'thing:1', reason: 'It squeaked; so what?', meta });
      }),
    );
    expect(await eventsOf('thing:1')).toEqual([
      expect.objectContaining({
        actor_id: actor,
        action: 'things.break',
        reason: 'It squeaked; so what?',
        request_id: 'request-17',
        meta: { text: `it's "quoted"` },
        at: expect.any(Date),
      }),
    ]);
  });

  it('keeps nothing of what was rolled back', async () => {
    const work = db.transaction(async () => {
      audit.record({ action: 'things.break', target: 'thing:2' });
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await eventsOf('thing:2')).toEqual([]);
  });

  it('refuses an event outside a transaction', () => {
    expect(() => audit.record({ action: 'things.break', target: 'thing:3' })).toThrow('needs a transaction');
  });

  it.each([
    `update audit_events set reason = 'another'`,
    `update audit_events set reason = 'another' where false`,
    'delete from audit_events',
    'truncate audit_events',
  ])('refuses to %s', async (change) => {
    await expect(database.pool.query(change)).rejects.toThrow('append-only');
  });
});
