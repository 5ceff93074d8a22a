import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../support/apps.js';
import { seal, verifyAudit } from '../support/audit.js';
import { signedIn } from '../support/people.js';

const keys = randomBytes(32).toString('base64url');

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true, env: { SECRET_KEYS: keys } });
  await signedIn(world, 'admin');
});
afterAll(() => world.close());

const run = (...args: string[]) => verifyAudit(world, keys, ...args);

describe('npm run audit:verify', () => {
  it('finds nothing in a log that the worker sealed, and the head that it logged', async () => {
    await seal(world);
    const { rows } = await world.db.pool.query<{ head: string }>(
      `select encode(head, 'hex') as head from audit_seals order by number desc limit 1`,
    );
    const { head } = rows[0]!;
    const { code, output } = await run('--json', '--head', head);
    const report = JSON.parse(output) as { sealed: number };
    expect([code, report]).toEqual([0, expect.objectContaining({ head, unsealed: 0, findings: [] })]);
    expect(report.sealed).toBeGreaterThan(0);
  });

  it('ends with 1 and names what was changed', async () => {
    const client = await world.db.pool.connect();
    await client.query(`set session_replication_role = 'replica'`);
    const { rows } = await client.query<{ seq: string }>(
      `update audit_events set actor_id = $1 where seq = (select max(seq) from audit_events) returning seq`,
      [randomUUID()],
    );
    await client.query('reset session_replication_role');
    client.release();
    const { code, output } = await run();
    expect([code, output]).toEqual([
      1,
      expect.stringContaining(`event-changed: Event ${rows[0]!.seq} was another`),
    ]);
  });

  it('ends with 1 for a head that the log does not lead to, and for what is no head', async () => {
    const [unknown, malformed] = await Promise.all([run('--head', 'f'.repeat(64)), run('--head', 'latest')]);
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('head-unknown')]);
    expect([malformed.code, malformed.output]).toEqual([1, expect.stringContaining('64 hexadecimal digits')]);
  });
});
