import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Request } from 'playwright-core';
import { asks } from '../../bench/consoles.js';
import { startWorld, type World } from '../support/apps.js';
import { describeInChromium, origin } from '../support/browser.js';
import { type ConsolePage, openConsole } from '../support/console-page.js';
import { failedExport } from '../support/failed-export.js';
import { password, type Person, signedIn } from '../support/people.js';

// Without one, test/setup/services.mjs has said so.
describeInChromium('what the console shows, in a real Chromium,', () => {
  let world: World;
  let browser: ConsolePage;
  let admin: Person;

  const addFailedExport = () => failedExport(world, admin);
  /** Nothing of what the browser complains about: errors, its policy, requests to another site. */
  const expectNoComplaint = () => expect(browser.complaints.splice(0)).toEqual([]);

  beforeAll(async () => {
    world = await startWorld({ worker: true, env: { PUBLIC_URL: origin } });
    admin = await signedIn(world, 'admin');
    await addFailedExport();
    browser = await openConsole(world.url);
    await browser.signIn(admin.email, password);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.close();
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

  it('counts all dead letters that match, and discards them by a job that is watched', async () => {
    const { page } = browser;
    await world.db.pool.query(`truncate dead_letters`);
    for (let n = 0; n < 3; n += 1) await addFailedExport();
    await world.db.pool.query(
      `update dead_letters set error = error || '{"code":"other.code"}' where id = (select min(id::text)::uuid from dead_letters)`,
    );
    await browser.open('/dead-letters?code=jobs.unreadable');
    await page.getByRole('button', { name: 'Discard all that match …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Discard all that match' });
    await dialog.getByText('2 dead letters match code jobs.unreadable.').waitFor();
    expect(await browser.findings()).toEqual([]);
    await dialog.getByLabel('Reason').fill('Nobody needs them');
    await dialog.getByRole('button', { name: 'Discard 2 for good' }).click();
    await page.getByRole('status').filter({ hasText: 'Discard: 2 dead letters of 2' }).waitFor();
    await page.getByText('No dead letter matches').waitFor();
    const { rows } = await world.db.pool.query(`select error->>'code' as code from dead_letters`);
    expect(rows).toEqual([{ code: 'other.code' }]);
    const audit = await world.db.pool.query(
      `select action, reason, meta->>'matched' as matched from audit_events where action like 'dead-letters.%'`,
    );
    expect(audit.rows).toEqual([
      { action: 'dead-letters.discard', reason: 'Nobody needs them', matched: '2' },
    ]);
    expectNoComplaint();
  });

  it('asks for what the measurement of open consoles counts', async () => {
    const { page } = browser;
    for (const [path, requests] of Object.entries(asks)) {
      await browser.open('/schedules');
      const asked = new Set<string>();
      const listen = (request: Request) => {
        const { pathname } = new URL(request.url());
        if (pathname.startsWith('/v1/')) asked.add(pathname);
      };
      page.on('request', listen);
      await browser.follow(path);
      page.off('request', listen);
      const counted = new Set(requests.map(([address]) => address.split('?')[0]!));
      // Asked for once, for the filter by queue.
      asked.delete('/v1/queues');
      counted.delete('/v1/queues');
      expect([path, [...asked].sort()]).toEqual([path, [...counted].sort()]);
    }
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

  it('tells ages by the clock of the server, where that of the browser is two hours ahead', async () => {
    const { page } = browser;
    await addFailedExport();
    await page.clock.setSystemTime(Date.now() + 2 * 3_600_000);
    await browser.open('/queues');
    await page.keyboard.press('p');
    // While nothing is looked at again, the rows of the first answer have to be enough.
    await browser.follow('/dead-letters');
    await page.keyboard.press('p');
    const age = page.locator('main tbody tr').first().locator('time');
    expect(await age.textContent()).toMatch(/^(now|[\d.]+ (ms|s) ago)$/);
    expect(await page.getByText('Stale').count()).toBe(0);
    expectNoComplaint();
  });

  it('gives a table as CSV in which nothing is a formula, and as the JSON of the API', async () => {
    const { page } = browser;
    await world.db.pool.query(`update dead_letters set error = error || '{"detail":"=1+1, \\"quoted\\""}'`);
    await browser.open('/dead-letters');
    const save = async (name: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      return [download.suggestedFilename(), readFileSync(await download.path(), 'utf8')] as const;
    };
    const [csvName, csv] = await save('CSV');
    const [jsonName, json] = await save('JSON');
    expect([csvName, jsonName]).toEqual(['dead-letters.csv', 'dead-letters.json']);
    const rows = JSON.parse(json) as { id: string; detail: string }[];
    expect(rows[0]!.detail).toBe('=1+1, "quoted"');
    expect(csv.split('\r\n')[1]).toContain(`${rows[0]!.id},bulk,users.export`);
    expect(csv.split('\r\n')[1]).toContain(`"'=1+1, ""quoted"""`);
    expectNoComplaint();
  });
});
