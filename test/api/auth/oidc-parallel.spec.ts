import { expect, it } from '@jest/globals';
import { accountAt, authorizationUrl, oidcScene, whoIn } from '../../support/oidc.js';

const scene = await oidcScene();

/** The number of people who sign in at one provider at the same moment. */
const crowd = 5;

interface Visit {
  provider: 'acme' | 'other';
  sub: string;
}

/** Signs all people in, each in a new browser. All requests of a step are under way together. Returns the users in order. */
async function signInTogether(visits: Visit[]) {
  const browsers = visits.map(scene.newBrowser);
  const each = <T>(step: (browser: (typeof browsers)[number], n: number) => Promise<T>) =>
    Promise.all(browsers.map(step));
  const pages = await each((browser, n) => authorizationUrl(browser, visits[n]));
  for (const parameter of ['state', 'nonce', 'code_challenge'])
    expect(new Set(pages.map(({ searchParams }) => searchParams.get(parameter))).size).toBe(visits.length);
  const callbacks = await each((browser, n) => browser.logInAt(pages[n]!.href, visits[n]!.sub));
  await each((browser, n) => browser.send(callbacks[n]!.href));
  return each(whoIn);
}

it('signs many people in at the same moment, each as who they are, at one provider and at two', async () => {
  const accounts = Array.from({ length: crowd }, () => accountAt(scene.acme));
  const atAcme = accounts.map(({ sub }): Visit => ({ provider: 'acme', sub }));
  const users = await signInTogether(atAcme);
  expect(users.map((user) => user?.email)).toEqual(accounts.map(({ email }) => email));
  const atOther = users.map((): Visit => ({ provider: 'other', sub: accountAt(scene.other).sub }));
  for (const [n, visit] of atOther.entries()) await scene.link(users[n]!.id, scene.other, visit);
  expect(await signInTogether([...atAcme, ...atOther])).toEqual([...users, ...users]);
});
