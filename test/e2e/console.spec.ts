import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../support/apps.js';
import { origin } from '../support/browser.js';
import { type ConsolePage, openConsole, schemes, settled } from '../support/console-page.js';
import { freshCode, withApp } from '../support/factors.js';
import { existing, inSudo, password, type Person, signedIn } from '../support/people.js';

/** Markup, so that a page which took text for markup would show it and break its policy. */
const why = 'The archive refused the part: <img src=x onerror=alert(1)>';

const pages = [
  '/',
  '/http',
  '/errors',
  '/jobs',
  '/dead-letters',
  '/queues',
  '/schedules',
  '/work',
  '/database',
  '/runtime',
  '/dependencies',
  '/users',
  '/audit',
];

// Without one, test/setup/services.mjs has said so.
(process.env.TEST_CHROMIUM ? describe : describe.skip)('the console, in a real Chromium', () => {
  let world: World;
  let browser: ConsolePage;
  let admin: Person;
  let failed: string;

  beforeAll(async () => {
    world = await startWorld({ worker: true, env: { PUBLIC_URL: origin, RATE_LIMIT_AUTH: '10000/60' } });
    admin = await signedIn(world, 'admin');
    failed = await addFailedExport();
    browser = await openConsole(world.url);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });
  /** Nothing of what the browser complains about: errors, its policy, requests to another site. */
  const expectNoComplaint = () => expect(browser.complaints.splice(0)).toEqual([]);

  /** An export in a format that there is not: it fails in each attempt, until somebody edits it. */
  async function addFailedExport(): Promise<string> {
    const id = newId();
    const payload = { format: 'xml', filter: {}, accessToken: 'never to be seen' };
    const error = { code: 'jobs.unreadable', detail: why };
    await world.db.pool.query(
      `insert into operations (id, name, owner_id, state, attempt, problem, started_at, finished_at)
       values ($1, 'users.export', $2, 'failed', 8, $3, now(), now())`,
      [id, admin.id, error],
    );
    await world.db.pool.query(
      `insert into dead_letters (id, queue, name, payload, headers, error, attempts) values ($1, 'bulk', 'users.export', $2, $3, $4, 8)`,
      [id, payload, { owner: admin.id, enqueued_at: new Date().toISOString() }, error],
    );
    return id;
  }

  async function signIn(email: string) {
    const { page } = browser;
    await page.context().clearCookies();
    await browser.open('/jobs');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: /Jobs|403/ }).waitFor();
    await settled(page);
  }

  it('asks who is there, on a page that everybody can use', async () => {
    await browser.open('/jobs?state=failed');
    await browser.page.getByLabel('Password').waitFor();
    expect(await browser.findings()).toEqual([]);
    await browser.picture('sign-in');
    expectNoComplaint();
  });

  it('tells a member that this is for operators, and shows nothing', async () => {
    await signIn(await existing(world, 'member'));
    expect(await browser.page.locator('h1').textContent()).toMatch(/^403/);
    expect(await browser.findings()).toEqual([]);
    expect(await browser.page.locator('nav').count()).toBe(0);
    await browser.picture('member');
    expectNoComplaint();
  });

  it('asks for the second factor of whoever has one', async () => {
    const person = await inSudo(world, await signedIn(world, 'viewer'));
    const app = await withApp(world, person);
    const { page } = browser;
    await page.context().clearCookies();
    await browser.open('/queues');
    await page.getByLabel('E-mail address').fill(person.email);
    await page.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Second factor' }).waitFor();
    expect(await browser.findings()).toEqual([]);
    await page.getByLabel('Code').fill(await freshCode(world, person, app));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor();
    expectNoComplaint();
  });

  it('shows a viewer everything to see and nothing to act with', async () => {
    await signIn(await existing(world, 'viewer'));
    await browser.open(`/jobs/${failed}`);
    await browser.page.getByText('never to be seen').waitFor({ state: 'detached' });
    await browser.page.getByText('[redacted]').waitFor();
    expect(await browser.page.getByRole('button', { name: /redrive|discard|cancel/i }).count()).toBe(0);
    await browser.open('/queues');
    expect(await browser.page.getByRole('button', { name: /^pause bulk/i }).count()).toBe(0);
    await browser.open('/audit');
    await browser.page.getByText('403').waitFor();
    expectNoComplaint();
  });

  it('lets nobody find a fault on any page, in either scheme and at any width', async () => {
    await signIn(admin.email);
    for (const path of [...pages, `/jobs/${failed}`, `/dead-letters/${failed}`, `/users/${admin.id}`]) {
      if (pages.includes(path)) await browser.follow(path);
      else await browser.open(path);
      for (const colorScheme of schemes) {
        await browser.page.emulateMedia({ colorScheme });
        const found = await browser.findings(colorScheme === 'light' ? 'everything' : 'colours');
        expect([path, colorScheme, found]).toEqual([path, colorScheme, []]);
      }
      await browser.page.setViewportSize({ width: 320, height: 640 });
      expect([path, await browser.findings()]).toEqual([path, []]);
      await browser.page.setViewportSize({ width: 1440, height: 900 });
      await browser.picture(
        path
          .split('/')
          .map((part) => part.slice(0, 12))
          .join('-')
          .slice(1) || 'overview',
      );
    }
    expectNoComplaint();
  });

  it('finds a failed job by its error, edits it, redrives it and sees it succeed, by keyboard alone', async () => {
    await signIn(admin.email);
    const { page } = browser;
    const { keyboard } = page;
    await keyboard.press('g');
    await keyboard.press('j');
    await keyboard.press('/');
    await keyboard.type('REFUSED the part');
    await keyboard.press('Enter');
    await page.waitForURL(/text=REFUSED/);
    await page.getByText('Searched all').waitFor();
    await page.getByText(why).waitFor();
    // Out of the field, and to the first row.
    await keyboard.press('Tab');
    await page.getByRole('link', { name: 'users.export' }).waitFor();
    await page.locator('main').focus();
    await keyboard.press('j');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit and redrive' }).waitFor();
    await keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Edit and redrive users.export' });
    await dialog.waitFor();
    expect(await browser.findings()).toEqual([]);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('ndjson');
    expect(await dialog.locator('del, ins').allTextContents()).toEqual([
      '- format: "xml"',
      '+ format: "ndjson"',
    ]);
    await browser.picture('edit');
    const reason = dialog.getByLabel('Reason').and(page.locator(':focus'));
    while ((await reason.count()) === 0) await keyboard.press('Tab');
    await keyboard.type('The format was misspelt');
    await keyboard.press('Enter');
    await page.locator('main').getByText('succeeded', { exact: true }).waitFor();
    const { rows } = await world.db.pool.query<{ action: string; reason: string }>(
      `select action, reason from audit_events where reason = 'The format was misspelt' order by seq`,
    );
    expect(rows.map(({ action }) => action)).toEqual(['dead-letters.edit', 'dead-letters.redrive']);
    expectNoComplaint();
  });

  it('lists every key it knows, and finds a page by its words', async () => {
    const { page } = browser;
    await browser.open('/queues');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    expect(await browser.findings()).toEqual([]);
    await browser.picture('keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).waitFor();
    await page.keyboard.type('sched');
    expect(await browser.findings()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Schedules' }).waitFor();
    expectNoComplaint();
  });

  it('counts new rows and leaves the list where it is', async () => {
    const { page } = browser;
    await addFailedExport();
    await browser.open('/dead-letters');
    const before = await page.locator('main tbody tr').allTextContents();
    await addFailedExport();
    await page.getByRole('button', { name: '1 new row' }).click();
    await page.locator(`main tbody tr:nth-child(${before.length + 1})`).waitFor();
    expectNoComplaint();
  });

  it('leads from a cell of a heatmap to the jobs that it counts, by keyboard', async () => {
    const { page } = browser;
    await eventually(
      async () => {
        const { rows } = await world.db.pool.query(
          `select 1 from ops_samples where resolution = '10s' and metrics ? 'jobs.duration'
           and at > (select max(finished_at) from operations where state = 'succeeded')`,
        );
        return rows.length > 0;
      },
      { what: 'the worker writes what it measured' },
    );
    await browser.open('/work?period=15m');
    const cells = page.getByRole('link', { name: /^Run, of each attempt/ });
    await cells.focus();
    await page.keyboard.press('ArrowDown');
    await page
      .getByRole('status')
      .filter({ hasText: /UTC: \d+ (up to|above) / })
      .waitFor();
    expect(await browser.findings()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console\/jobs\?finished_after=/);
    await page.getByRole('link', { name: /^Without: Ended after/ }).waitFor();
    expect(await browser.findings()).toEqual([]);
    await page.getByRole('link', { name: /^Without: Ran/ }).click();
    await page.getByRole('link', { name: 'users.export' }).first().waitFor();
    await browser.open('/http?period=15m');
    await page.getByRole('link', { name: /^Latency of all requests/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Routes in the cell' }).getByRole('link').first().waitFor();
    expect(await browser.findings()).toEqual([]);
    await browser.picture('cell');
    expectNoComplaint();
  });

  it('says that what it shows is old, as soon as it cannot be loaded again', async () => {
    const { page } = browser;
    await browser.open('/queues');
    await page.route('**/v1/queues', (route) => route.abort());
    await page.keyboard.press('r');
    await page.getByRole('status').filter({ hasText: 'Stale' }).waitFor();
    expect(await page.getByRole('link', { name: 'bulk' }).count()).toBe(1);
    expect(await browser.findings()).toEqual([]);
    await browser.picture('stale');
    await page.unroute('**/v1/queues');
    await page.keyboard.press('r');
    await page.getByText('Stale').waitFor({ state: 'detached' });
    // The browser writes a line of its own for each request that failed.
    browser.complaints.splice(0);
  });
});
