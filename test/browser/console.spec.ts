import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../support/apps.js';
import { describeInChromium, type Options, origin } from '../support/browser.js';
import { type ConsolePage, openConsole } from '../support/console-page.js';
import { failedExport, why } from '../support/failed-export.js';
import { freshCode, own, withApp } from '../support/factors.js';
import { existing, inSudo, password, type Person, signedIn } from '../support/people.js';

// Without one, test/setup/services.mjs has said so.
describeInChromium('the console, in a real Chromium', () => {
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

  const addFailedExport = () => failedExport(world, admin);

  const signIn = (email: string) => browser.signIn(email, password);

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

  it('says on the overview and on each chart when another release began to run', async () => {
    for (const [version, minutes] of [
      ['0.0.1', 40],
      ['0.0.2', 20],
    ])
      await world.db.pool.query(
        `insert into ops_instances (id, app, version, host, pid, started_at, stopped_at)
         values (gen_random_uuid(), 'api', $1, 'elsewhere', 7, now() - make_interval(mins => $2), now())`,
        [version, minutes],
      );
    await signIn(admin.email);
    await browser.open('/');
    await browser.page.getByText('Last deploy: ').waitFor();
    await browser.open('/runtime');
    const caption = browser.page.locator('figcaption', { hasText: 'Memory' });
    await caption.getByText(/Deploys: .*0\.0\.2 at \d\d:\d\d/).waitFor();
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

  it('gives the log another level for a time, after a proof, and ends that early', async () => {
    await signIn(admin.email);
    const { page } = browser;
    await browser.open('/runtime');
    const nothing = page.getByText('Every process logs as its LOG_LEVEL says');
    await nothing.waitFor();
    await page.getByRole('button', { name: 'Change the level' }).click();
    const dialog = page.getByRole('dialog', { name: 'Level of the log' });
    // The quietest: the processes are part of the program that runs the tests.
    await dialog.getByRole('combobox', { name: 'Level', exact: true }).selectOption('fatal');
    await dialog.getByRole('combobox', { name: 'Of', exact: true }).selectOption('all workers');
    await dialog.getByLabel('Reason').fill('Only to see it');
    expect(await browser.findings()).toEqual([]);
    await browser.picture('log-level');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Prove that it is you' }).getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    const told = page.getByRole('status').filter({ hasText: 'in all workers until' });
    expect(await told.textContent()).toMatch(/^fatal in .* UTC, set by .*: Only to see it$/);
    expect(await browser.findings()).toEqual([]);
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End now' }).click();
    await nothing.waitFor();
    // The browser writes a line of its own for the request that was refused before the proof.
    browser.complaints.splice(0);
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

  it('shows nothing more as soon as the session is ended, and signs in again with a passkey', async () => {
    const { page } = browser;
    const person = await inSudo(world, await signedIn(world, 'viewer'));
    await signIn(person.email);
    await browser.open('/queues');
    const { body: options } = await own(world, person, 'passkeys/options').expect(200);
    const passkey = await browser.createPasskey(options as Options);
    // Whoever adds a factor ends all other sessions, and so that of the browser.
    await own(world, person, 'passkeys', { name: 'Laptop', passkey }).expect(201);
    await page.keyboard.press('r');
    await page.getByRole('heading', { level: 1, name: 'Sign in to the console' }).waitFor();
    expect(await page.getByRole('link', { name: 'bulk' }).count()).toBe(0);
    // The browser writes a line of its own for each request that was refused.
    browser.complaints.splice(0);
    await page.getByRole('button', { name: 'Use a passkey' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Queues' }).waitFor();
    expectNoComplaint();
  });
});
