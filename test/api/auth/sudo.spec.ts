import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, password, signedIn } from '../../support/people.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const prove = (person: Person, given: string) =>
  request(world.url).post('/v1/sudo').set('cookie', person.cookie).send({ password: given });

describe('proving again who you are', () => {
  it('opens sensitive actions for ten minutes and renews the cookie', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await prove(person, password).expect(200);
    const minutes = (Date.parse(body.sudo_until as string) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(9.8);
    expect(minutes).toBeLessThanOrEqual(10.1);
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(401);
  });

  it('keeps the session with its new cookie', async () => {
    const person = await signedIn(world, 'member');
    const elevated = await inSudo(world, person);
    const { body } = await request(world.url)
      .get('/v1/sessions/current')
      .set('cookie', elevated.cookie)
      .expect(200);
    expect(body.user.id).toBe(person.id);
  });

  it('refuses a wrong password, and the session goes on', async () => {
    const person = await signedIn(world, 'member');
    const { body } = await prove(person, 'not the right password').expect(403);
    expect(body.code).toBe('auth.proof-wrong');
    await request(world.url).get('/v1/sessions/current').set('cookie', person.cookie).expect(200);
  });
});
