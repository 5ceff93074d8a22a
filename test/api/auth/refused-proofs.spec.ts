import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { member, waiting, withApp } from '../../support/factors.js';
import { askForToken } from '../../support/machines.js';
import { password, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = await signedIn(world, 'admin');
});
afterAll(() => world.close());

/** The newest event of this kind. */
async function lastEvent(query: string) {
  const path = `/v1/audit-events?limit=1&${query}`;
  const { body } = await request(world.url).get(path).set('cookie', admin.cookie).expect(200);
  return body.data[0] as Record<string, unknown> | undefined;
}

describe('a wrong proof is written down', () => {
  it('as a second factor of a sign-in', async () => {
    const person = await member(world);
    await withApp(world, person);
    const cookie = await waiting(world, person);
    await request(world.url)
      .post('/v1/sessions/mfa')
      .set('cookie', cookie)
      .send({ code: '000000' })
      .expect(401);
    expect(await lastEvent(`action=sessions.start&target=user:${person.id}`)).toMatchObject({
      outcome: 'failure',
      meta: { proven: ['pwd'], wrong: 'code' },
    });
  });

  it('as a code for sensitive actions', async () => {
    const person = await member(world);
    await withApp(world, person);
    await request(world.url)
      .post('/v1/sudo')
      .set('cookie', person.cookie)
      .send({ password, code: '000000' })
      .expect(403);
    expect(await lastEvent(`actor=${person.id}&action=sudo.enter`)).toMatchObject({ outcome: 'failure' });
  });

  it('as a passkey', async () => {
    const options = await request(world.url).post('/v1/sessions/passkey/options').expect(200);
    const cookie = options.headers['set-cookie']![0]!.split(';')[0]!;
    const text = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const response = {
      clientDataJSON: text({ type: 'webauthn.get', challenge: 'x', origin: 'http://mainstay.test' }),
      authenticatorData: text({}),
      signature: text({}),
    };
    const passkey = {
      id: text({}),
      rawId: text({}),
      type: 'public-key',
      clientExtensionResults: {},
      response,
    };
    await request(world.url).post('/v1/sessions/passkey').set('cookie', cookie).send({ passkey }).expect(401);
    expect(await lastEvent('action=sessions.start&target=user:unknown')).toMatchObject({
      outcome: 'failure',
      meta: { wrong: 'passkey' },
      client_network: '127.0.0.0/24',
    });
  });

  it('as an assertion of a service', async () => {
    await askForToken(world, 'not.an.assertion').expect(401);
    expect(await lastEvent('action=tokens.issue')).toMatchObject({
      outcome: 'failure',
      target: 'service-client:unknown',
    });
  });
});

describe('an operation is written down', () => {
  it('when it takes the list of users along, and when somebody cancels it', async () => {
    const { headers } = await request(world.url)
      .post('/v1/user-exports')
      .set('cookie', admin.cookie)
      .set('idempotency-key', randomUUID())
      .send({ format: 'ndjson', filter: { email: 'ada@example.com' } })
      .expect(202);
    const target = `target=job:${headers.location!.split('/').at(-1)!}`;
    expect(await lastEvent(target)).toMatchObject({
      action: 'users.export',
      actor_id: admin.id,
      meta: { format: 'ndjson', filter: ['email'] },
    });
    await request(world.url).delete(headers.location!).set('cookie', admin.cookie).expect(202);
    expect(await lastEvent(target)).toMatchObject({ action: 'jobs.cancel', actor_id: admin.id });
  });
});
