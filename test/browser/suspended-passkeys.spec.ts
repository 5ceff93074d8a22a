import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld, type World } from '../support/apps.js';
import { type Browser, describeInChromium, type Options, origin, startBrowser } from '../support/browser.js';
import { cookieIn, member, own, rowsOf } from '../support/factors.js';
import { password } from '../support/people.js';

// Without one, test/setup/services.mjs has said so.
describeInChromium('a suspended passkey, in a real Chromium', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = await startWorld({ env: { PUBLIC_URL: origin } });
    browser = await startBrowser(world.url);
    await browser.renew();
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  /** Signs in with the passkey of the browser. Returns the status. */
  async function signIn(): Promise<number> {
    const options = await request(world.url).post('/v1/sessions/passkey/options').expect(200);
    const passkey = await browser.get(options.body as Options);
    const { status } = await request(world.url)
      .post('/v1/sessions/passkey')
      .set('cookie', cookieIn(options, 'passkey')!)
      .send({ passkey });
    return status;
  }

  it('neither signs in nor is asked for, and works again when its owner confirms it', async () => {
    const person = await member(world);
    const { body: options } = await own(world, person, 'passkeys/options').expect(200);
    const passkey = await browser.create(options as Options);
    const { body: added } = await own(world, person, 'passkeys', { name: 'Laptop', passkey }).expect(201);
    expect(await signIn()).toBe(201);
    await rowsOf(world, 'update passkeys set suspended_at = now() where user_id = $1', person.id);
    expect(await signIn()).toBe(401);
    const { email } = person;
    await request(world.url).post('/v1/sessions').send({ email, password }).expect(201);
    await own(world, person, `passkeys/${added.id as string}/confirmations`).expect(204);
    expect(await signIn()).toBe(201);
    const mails = await rowsOf(
      world,
      `select payload->>'kind' as kind from outbox where payload->'to'->>'userId' = $1 order by seq`,
      person.id,
    );
    expect(mails).toEqual([{ kind: 'passkey-added' }, { kind: 'passkey-confirmed' }]);
  });
});
