import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await signedIn(world, 'admin');
});
afterAll(() => world.close());

const newAddress = () => `${randomUUID()}@example.com`;

/** The token of the latest mail to an address, once there is one. */
const mailed = (to: string) =>
  eventually(async () => {
    const { body } = await request(world.url).get(`/dev/mail?to=${encodeURIComponent(to)}`);
    const [mail] = body.data as { text: string }[];
    return /#token=([\w-]{43})/.exec(mail?.text ?? '')?.[1];
  });

/** What sends a link that chooses a password, and to whom. */
const links: Record<string, () => Promise<string>> = {
  'a reset': async () => {
    const { email } = await signedIn(world, 'member');
    await request(world.url).post('/v1/password-resets').send({ email }).expect(202);
    return email;
  },
  'an invitation': async () => {
    const email = newAddress();
    await request(world.url)
      .post('/v1/users')
      .set('cookie', admin.cookie)
      .set('idempotency-key', randomUUID())
      .send({ email, name: 'Ada', role: 'member' })
      .expect(201);
    return email;
  },
};

describe('a link to choose a password', () => {
  it.each(Object.keys(links))('works once of twenty uses at once: %s', async (name) => {
    const email = await links[name]!();
    const token = await mailed(email);
    const words = Array.from({ length: 20 }, (_, n) => `the ${n}th of twenty at once`);
    const answers = await Promise.all(
      words.map((password) =>
        request(world.url).post('/v1/password-resets/confirmations').send({ token, password }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([204, ...Array<number>(19).fill(410)]);
    const password = words[statuses.indexOf(204)]!;
    await request(world.url).post('/v1/sessions').send({ email, password }).expect(201);
  });
});
