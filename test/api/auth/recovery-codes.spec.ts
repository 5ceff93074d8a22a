import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../support/apps.js';
import {
  auditOf,
  cookieIn,
  finish,
  mailWith,
  member,
  memberWithApp,
  own,
  rowsOf,
  several,
  statusOf,
  tally,
  waiting,
} from '../../support/factors.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({ worker: true });
});
afterAll(() => world.close());

describe('a recovery code', () => {
  it('stands in for the app once, and its owner is told', async () => {
    const [person, app] = await memberWithApp(world);
    const [code] = app.recoveryCodes;
    const response = await finish(world, await waiting(world, person), code!.toLowerCase()).expect(201);
    expect(response.body.amr).toEqual(['pwd', 'otp']);
    await finish(world, await waiting(world, person), code!).expect(401);
    const back = { ...person, cookie: cookieIn(response, 'sid')! };
    expect(await statusOf(world, back)).toMatchObject({ recovery_codes_left: 9 });
    expect(await auditOf(world, person)).toContain('recovery-codes.use');
    await mailWith(world, person, 'A recovery code was used');
  });

  it('works once, also when it comes twenty times at once', async () => {
    const [person, app] = await memberWithApp(world);
    const cookies = await several(20, () => waiting(world, person));
    const uses = cookies.map((cookie) => finish(world, cookie, app.recoveryCodes[0]!));
    expect(await tally(uses)).toEqual({ '201': 1, 'auth.code-wrong': 19 });
  });

  it('is not used up by a sign-in that another one finished: one challenge, one session', async () => {
    const [person, app] = await memberWithApp(world);
    const mfa = await waiting(world, person);
    const uses = app.recoveryCodes.slice(0, 5).map((code) => finish(world, mfa, code));
    expect(await tally(uses)).toEqual({ '201': 1, 'auth.challenge-over': 4 });
    expect(await rowsOf(world, 'select from recovery_codes where user_id = $1', person.id)).toHaveLength(9);
  });

  it('works when codes of the app are refused: nobody is locked out by a guesser', async () => {
    const [person, app] = await memberWithApp(world);
    await world.db.pool.query(`insert into code_failures values ($1, 11, now() + interval '1 hour')`, [
      person.id,
    ]);
    await finish(world, await waiting(world, person), app.recoveryCodes[0]!).expect(201);
  });

  it('belongs to one account', async () => {
    const [, { recoveryCodes }] = await memberWithApp(world);
    const [other] = await memberWithApp(world);
    await finish(world, await waiting(world, other), recoveryCodes[0]!).expect(401);
  });

  it('is replaced with the others on demand, and none is stored', async () => {
    const [person, app] = await memberWithApp(world);
    const { body } = await own(world, person, 'recovery-codes').expect(201);
    const fresh = body.recovery_codes as string[];
    expect(new Set([...fresh, ...app.recoveryCodes]).size).toBe(20);
    await finish(world, await waiting(world, person), app.recoveryCodes[0]!).expect(401);
    await finish(world, await waiting(world, person), fresh[0]!).expect(201);
    const stored = JSON.stringify(await rowsOf(world, "select encode(hash, 'escape') from recovery_codes"));
    for (const code of fresh) expect(stored).not.toContain(code);
    await mailWith(world, person, 'New recovery codes were made');
  });

  it('is not made for an account that has nothing to recover', async () => {
    const { body } = await own(world, await member(world), 'recovery-codes').expect(409);
    expect(body.code).toBe('auth.second-factor-missing');
  });
});
