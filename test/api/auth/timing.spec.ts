import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../support/apps.js';
import { dearHashing } from '../../support/hashing.js';
import { password, signedIn } from '../../support/people.js';
import { distanceOf, inTurns } from '../../support/samples.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: dearHashing });
});
afterAll(() => world.close());

const rounds = 60;
const newEmail = () => `${randomUUID()}@example.com`;

/** All that an answer tells, but for what is different in every answer. */
async function answerTo(path: string, body: object) {
  const response = await fetch(`${world.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const headers = Object.fromEntries(response.headers);
  for (const name of ['date', 'x-request-id', 'ratelimit']) delete headers[name];
  const text = (await response.text()).replace(/"request_id":"[^"]*"/, '');
  return { status: response.status, headers, text };
}

/** Everything that is asked gets the same answer, and none of it can be told from the first by how long it takes. */
async function expectAlike(path: string, bodies: Record<string, () => object>): Promise<void> {
  const works = Object.entries(bodies);
  const answers = await Promise.all(works.map(([, body]) => answerTo(path, body())));
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const samples = await inTurns(
    Object.fromEntries(works.map(([name, body]) => [name, () => answerTo(path, body())])),
    rounds,
  );
  const [first, ...others] = Object.values(samples);
  const distances = others.map((other) => Math.abs(distanceOf(first!, other)));
  expect(Math.max(...distances)).toBeLessThan(4);
}

describe('nobody finds out whether an address has an account', () => {
  let known: string;
  beforeAll(async () => {
    ({ email: known } = await signedIn(world, 'member'));
  });

  it('by signing in, also to one that is disabled or has no password', async () => {
    const disabled = await signedIn(world, 'member');
    await world.db.pool.query(`update users set status = 'disabled' where id = $1`, [disabled.id]);
    const bare = await signedIn(world, 'member');
    await world.db.pool.query('delete from credentials where user_id = $1', [bare.id]);
    await expectAlike('/v1/sessions', {
      known: () => ({ email: known, password: 'not the right password' }),
      unknown: () => ({ email: newEmail(), password }),
      disabled: () => ({ email: disabled.email, password }),
      bare: () => ({ email: bare.email, password }),
    });
  });

  it('by registering', () =>
    expectAlike('/v1/registrations', {
      known: () => ({ email: known, password, name: 'Ada' }),
      unknown: () => ({ email: newEmail(), password, name: 'Ada' }),
    }));

  it('by asking for a new password', () =>
    expectAlike('/v1/password-resets', {
      known: () => ({ email: known }),
      unknown: () => ({ email: newEmail() }),
    }));
});

describe('the comparison', () => {
  it('sees a difference that is smaller than its spread', () => {
    const wave = Array.from({ length: rounds }, (_, n) => 20 + 10 * Math.sin(n * 7));
    const slower = wave.map((ms) => ms + 8);
    expect(Math.abs(distanceOf(wave, slower))).toBeGreaterThan(4);
    expect(Math.abs(distanceOf(wave, wave))).toBeLessThan(0.1);
  });
});
