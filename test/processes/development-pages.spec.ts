import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { Development } from '../support/development.js';
import { describeInChromium } from '../support/browser.js';
import { listedRoutes } from '../support/routes.js';

const password = 'a horse in the battery';
const newPassword = 'a battery in the horse';

/** The lines before those of the start when the packages are not installed yet: four of npm, two of them empty, and one of ours. */
const linesOfInstall = 5;

let engine: Browser;
let page: Page;
/** What the browser refused, such as a script that the policy of its page does not allow. */
let complaints: string[];

beforeAll(async () => {
  if (process.env.TEST_CHROMIUM)
    engine = await chromium.launch({
      executablePath: process.env.TEST_CHROMIUM,
      args: ['--headless=new', '--no-sandbox'],
    });
});
afterAll(() => engine?.close());
beforeEach(async () => {
  complaints = [];
  page = await engine.newPage();
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});
afterEach(async () => {
  await page.close();
  if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`);
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (name: string) => page.getByRole('link', { name }).first().click();

async function fill(fields: Record<string, string>, button: string): Promise<void> {
  const form = page.locator('form', { has: page.getByRole('button', { name: button, exact: true }) });
  for (const [label, value] of Object.entries(fields)) await form.getByLabel(label).fill(value);
  await press(button);
}

const register = (email: string) =>
  fill({ 'E-mail address': email, Name: 'Ann', Password: password }, 'Register');

/** Follows the link in the newest mail with this subject, once it is in the mailbox, which the page shows. */
async function followMail(subject: string, link: RegExp | string = /#token=/): Promise<void> {
  const mail = page.getByRole('article', { name: subject }).first();
  await mail.getByRole('link', { name: link }).click();
}

/** Signs in, and returns who the page after it says that is. */
async function signIn(email: string, secret: string): Promise<string> {
  await fill({ 'E-mail address': email, Password: secret }, 'Sign in');
  await page.waitForURL('**/dev/account');
  const who = page.getByText('Signed in as');
  await who.waitFor();
  return who.innerText();
}

describeInChromium('on a fresh start', () => {
  let development: Development;
  let url: string;
  let lines: string[];
  beforeAll(async () => {
    development = new Development('start');
    lines = await development.says('mainstay ready');
    url = development.running.api_url;
  });
  afterAll(() => development.stop());

  it('there are at most 40 lines until everything is ready', () => {
    expect(lines.length + linesOfInstall).toBeLessThanOrEqual(40);
  });

  it('the first page leads through registering to signing in, and every link of a mail to a page that works', async () => {
    const [email, newEmail] = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
    await page.goto(url);
    await follow('Register');
    await register(email);
    await follow('Open the mailbox');
    await followMail('Please verify your address');
    await press('Verify the address');
    await page.getByRole('status').getByRole('link', { name: 'Sign in' }).click();
    await signIn(email, password);

    const change = { 'New e-mail address': newEmail, Password: password };
    await fill(change, 'Change the address');
    await follow('Open the mailbox');
    await followMail('Your address is about to change');
    await press('Cancel the change');
    await page.getByText('The change is cancelled').waitFor();

    await follow('Account');
    await fill(change, 'Change the address');
    await follow('Open the mailbox');
    await followMail('Please prove your new address');
    await press('Use the new address');
    await follow('See the account');
    await page.getByText(newEmail).waitFor();

    await press('Sign out');
    await follow('Sign in again');
    await fill({ 'E-mail address': newEmail }, 'Send the link');
    await follow('Open the mailbox');
    await followMail('Choose a new password');
    await fill({ 'New password': newPassword }, 'Set the password');
    await page.getByRole('status').getByRole('link', { name: 'Sign in' }).click();
    expect(await signIn(newEmail, newPassword)).toContain(newEmail);
  });

  it('the requests of the first page sign in the administrator, whose invitation leads to an account', async () => {
    await page.goto(url);
    const requests = await page.locator('pre').allTextContents();
    const { stdout } = await promisify(exec)(requests.join('\n'), { cwd: development.dataDir });
    const { email } = development.running.admin;
    expect(stdout).toContain(`"email":"${email}"`);

    const invited = `${randomUUID()}@example.com`;
    const invite = `curl -sf -b cookies.txt -H 'content-type: application/json' -H 'idempotency-key: ${randomUUID()}' \
      -d '{"email":"${invited}","name":"Bob"}' ${url}/v1/users`;
    await promisify(exec)(invite, { cwd: development.dataDir });
    await page.goto(`${url}/dev/mail?to=${invited}`);
    await followMail('You are invited');
    await fill({ 'New password': password }, 'Set the password');
    await page.getByRole('status').getByRole('link', { name: 'Sign in' }).click();
    expect(await signIn(invited, password)).toContain(invited);
  });

  it('says what is wrong, at the field and with the page of its code', async () => {
    await page.goto(`${url}/dev/register`);
    await fill({ 'E-mail address': 'ann@example.com', Name: 'Ann', Password: 'short' }, 'Register');
    await page.getByRole('status').getByText('Password: Must have at least 15 characters').waitFor();
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).toBe('true');
    await follow('http.invalid-input');
    await page.getByRole('heading', { name: 'The input breaks a rule' }).waitFor();
    // The browser reports every answer that is no success.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('422')]);
  });

  it('a page under another name of this machine says where to go on', async () => {
    await page.goto(`${url.replace('localhost', '127.0.0.1')}/dev/register`);
    await register('ann@example.com');
    await follow('Open this page where the API expects it');
    await page.waitForURL(`${url}/dev/register`);
    expect(complaints.splice(0)).toEqual([expect.stringContaining('403')]);
  });

  it('every link of every page leads somewhere, and every page fits a window of 320 pixels', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    const seen = new Set<string>();
    for (const { path } of pages()) {
      await page.goto(url + path);
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      const links = await page
        .locator('a')
        .evaluateAll((all) => all.map(({ href }: { href?: string }) => href!));
      links.filter((href) => href.startsWith('http')).forEach((href) => seen.add(href.replace(/#.*/, '')));
    }
    const statuses = await Promise.all(
      [...seen].map(async (href) => [
        href,
        (await fetch(href, { headers: { accept: 'text/html, */*' } })).status,
      ]),
    );
    expect(statuses.filter(([, status]) => status !== 200)).toEqual([]);
    expect((await fetch(development.running.console_url)).status).toBe(200);
    // Two pages ask who is signed in, and nobody is.
    expect(complaints.splice(0)).toEqual(Array(2).fill(expect.stringContaining('401')));
  });
});

describeInChromium('with a front end at APP_URL that does not run', () => {
  let db: TestDatabase;
  let development: Development;
  beforeAll(async () => {
    db = await createTestDatabase();
    development = new Development('start', { DATABASE_URL: db.url, APP_URL: 'http://localhost:9' });
    await development.says('mainstay ready');
  });
  afterAll(async () => {
    await development.stop();
    await db.drop();
  });

  it('mails lead there, and the mailbox to a page that does the same', async () => {
    const email = `${randomUUID()}@example.com`;
    await page.goto(development.running.api_url);
    await follow('Register');
    await register(email);
    await follow('Open the mailbox');
    await page.getByRole('link', { name: /^http:\/\/localhost:9\/verify-email#token=/ }).waitFor();
    await followMail('Please verify your address', 'Open the page of development');
    await press('Verify the address');
    await page.getByRole('status').getByRole('link', { name: 'Sign in' }).click();
    expect(await signIn(email, password)).toContain(email);
  });
});

/** Every page that exists in development alone, with the parameters that one of them needs. */
function pages(): { path: string }[] {
  return listedRoutes()
    .filter(({ who }) => who.startsWith('anybody: development only'))
    .map(({ path }) => ({ path: path === '/auth-error' ? `${path}?code=failed` : path }));
}
