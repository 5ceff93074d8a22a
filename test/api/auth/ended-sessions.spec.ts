import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { withApp } from '../../support/factors.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** How sessions end: by a reset or a disabled account, and by a change of factors elsewhere. */
const endings = {
  'an account that moved on': 'update users set auth_epoch = auth_epoch + 1 where id = $1',
  'sessions that were removed': 'delete from sessions where user_id = $1',
};

/** Sends a request that the guards let in, and ends its session before it has done anything. */
async function overtaken(
  person: Person,
  send: () => request.Test,
  ending = endings['an account that moved on'],
): Promise<request.Response> {
  const client = await world.db.pool.connect();
  try {
    await client.query('begin');
    await client.query(ending, [person.id]);
    const answer = send().then((response) => response);
    await eventually(async () => {
      const { rows } = await world.db.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await client.query('commit');
    return await answer;
  } finally {
    client.release(true);
  }
}

const count = async (query: string, person: Person) => {
  const { rows } = await world.db.pool.query<{ n: number }>(`select count(*)::int as n from ${query}`, [
    person.id,
  ]);
  return rows[0]!.n;
};
const own = (method: 'post' | 'put' | 'delete', person: Person, path: string) =>
  request(world.url)[method](path).set('cookie', person.cookie).set('idempotency-key', randomUUID());

describe('what a session that has ended meanwhile had under way', () => {
  it.each(Object.entries(endings))('makes no API key: %s', async (_, ending) => {
    const thief = await inSudo(world, await signedIn(world, 'member'));
    const key = { name: 'for later', scopes: [] };
    const response = await overtaken(thief, () => own('post', thief, '/v1/api-keys').send(key), ending);
    expect([response.status, await count('api_keys where user_id = $1', thief)]).toEqual([401, 0]);
  });

  it('takes no second factor away', async () => {
    const thief = await inSudo(world, await signedIn(world, 'member'));
    await withApp(world, thief);
    const removal = await overtaken(thief, () => own('delete', thief, '/v1/users/me/totp'));
    expect([removal.status, await count('totp_factors where user_id = $1', thief)]).toEqual([401, 1]);
  });

  it('sets no password', async () => {
    const thief = await inSudo(world, await signedIn(world, 'member'));
    const change = { password: 'a thief would like to stay' };
    const response = await overtaken(thief, () => own('put', thief, '/v1/users/me/password').send(change));
    expect(response.status).toBe(401);
    expect(await count(`audit_events where action = 'passwords.change' and actor_id = $1::text`, thief)).toBe(
      0,
    );
  });

  it('acts as nobody', async () => {
    const admin = await inSudo(world, await signedIn(world, 'admin'));
    const user = await signedIn(world, 'member');
    const response = await overtaken(admin, () =>
      own('post', admin, `/v1/users/${user.id}/impersonations`).send({ reason: 'to look' }),
    );
    expect([response.status, await count('sessions where impersonator_id = $1', admin)]).toEqual([401, 0]);
  });
});
