import { describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { startWorld } from '../../support/apps.js';
import { startIdentityProvider } from '../../support/identity-provider.js';
import {
  accountAt,
  atProvider,
  browserOf,
  oidcScene,
  refusalOf,
  startOidcWorld,
  whoIn,
} from '../../support/oidc.js';

const scene = await oidcScene();

describe('a provider that knows the client by a key', () => {
  it('lets people in', async () => {
    const keyed = await startIdentityProvider({
      name: 'keyed',
      publicUrl: 'http://mainstay.test',
      settings: { trust_email: true },
      knowsKey: true,
    });
    const world = await startWorld({ env: { OIDC_PROVIDERS: JSON.stringify([keyed.settings]) } });
    const account = accountAt(keyed);
    expect(await whoIn(await browserOf(world, account, 'keyed'))).toMatchObject({ email: account.email });
    await world.close();
    await keyed.close();
  });
});

describe('a provider that is another than the configured one', () => {
  it('is not used: its metadata must name the issuer to the letter', async () => {
    const issuer = `${scene.acme.issuer}/`;
    const env = { OIDC_PROVIDERS: JSON.stringify([{ ...scene.acme.settings, issuer }]) };
    const world = await startWorld({ env });
    await request(world.url).get('/v1/auth/oidc/acme').expect(503);
    await world.close();
  });
});

describe('a provider that is down', () => {
  it('is not needed to start, and is asked again by the next who comes', async () => {
    const late = await startOidcWorld();
    late.acme.outage = 503;
    const start = () => request(late.world.url).get('/v1/auth/oidc/acme');
    const refused = await start().expect(503);
    expect(refused.body.code).toBe('auth.provider-unavailable');
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    expect(await late.world.db.pool.query('select 1 from login_transactions')).toMatchObject({ rowCount: 0 });
    late.acme.outage = undefined;
    late.acme.discoveries = 0;
    await Promise.all(Array.from({ length: 10 }, () => start().expect(303)));
    expect(late.acme.discoveries).toBe(1);
    await late.close();
  });

  it('lets nobody in who was on the way', async () => {
    const browser = scene.newBrowser();
    const back = await atProvider(browser, accountAt(scene.acme));
    scene.acme.outage = 503;
    const response = await browser.send(back.href);
    expect(refusalOf(response)).toBe('provider_unavailable');
    expect(await whoIn(browser)).toBeUndefined();
  });
});
