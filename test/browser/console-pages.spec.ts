import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../support/apps.js';
import { describeInChromium, origin } from '../support/browser.js';
import { details, fillInstallation, live } from '../support/busy-installation.js';
import { focusFaults, moving, unmarkedChoices, walkByTab } from '../support/console-checks.js';
import { type ConsolePage, openConsole, pages, schemes } from '../support/console-page.js';
import { password, signedIn } from '../support/people.js';

/** Where everything comes from that a page shows, but not who is signed in. */
const data = /\/(v1\/(?!console|sessions)|health\/)/;

let world: World;
let browser: ConsolePage;

async function start(fill?: (world: World) => Promise<void>): Promise<void> {
  world = await startWorld({
    env: { PUBLIC_URL: origin, TRACE_URL: 'https://traces.example.com/{trace_id}' },
  });
  await fill?.(world);
  const admin = await signedIn(world, 'admin', { email: 'ada@example.com' });
  browser = await openConsole(world.url);
  await browser.signIn(admin.email, password);
}
async function stop(): Promise<void> {
  await browser?.close();
  await world?.close();
}

const go = (path: string) => (pages.includes(path) ? browser.follow(path) : browser.open(path));

/** Returns the faults of a page in each scheme and on a narrow screen, and takes the pictures. */
async function look(state: string, path: string): Promise<string[]> {
  const found: string[] = [];
  const add = async (how: string) => {
    const faults = [...(await browser.findings()), ...(await focusFaults(browser.page))];
    found.push(...faults.map((fault) => `${path}, ${how}: ${fault}`));
  };
  for (const colorScheme of schemes) {
    await browser.page.emulateMedia({ colorScheme });
    await add(colorScheme);
  }
  await browser.page.setViewportSize({ width: 320, height: 640 });
  await add('narrow');
  await browser.page.setViewportSize({ width: 1440, height: 900 });
  await browser.picture(pictureOf(state, path));
  return found;
}

const pictureOf = (state: string, path: string) =>
  `${state}-${(details[path] ?? path.slice(1)) || 'overview'}`;

// Without one, test/setup/services.mjs has said so.
describeInChromium('every page of the console, in a real Chromium,', () => {
  describe('of an installation that nobody has used,', () => {
    beforeAll(() => start());
    afterAll(stop);

    it('has no fault, in either scheme and at any width', async () => {
      const faults: string[] = [];
      for (const path of pages) {
        await go(path);
        faults.push(...(await look('empty', path)));
      }
      expect(faults).toEqual([]);
      expect(browser.complaints).toEqual([]);
    });
  });

  describe('of a busy installation,', () => {
    const paths = [...pages, ...Object.keys(details)];

    beforeAll(() => start(fillInstallation));
    afterAll(stop);

    it('has no fault, in either scheme and at any width', async () => {
      const faults: string[] = [];
      for (const path of paths) {
        await live(world);
        await go(path);
        faults.push(...(await look('busy', path)));
      }
      expect(faults).toEqual([]);
      expect(browser.complaints).toEqual([]);
    });

    it('is used by keyboard alone, without motion for whoever wants none, and in colours of their own', async () => {
      const { page } = browser;
      await browser.open('/work');
      const { met, usable } = await walkByTab(page);
      expect(met).toBe(usable);
      expect(await moving(page)).toEqual([]);
      await page.emulateMedia({ reducedMotion: 'no-preference', forcedColors: 'active' });
      expect(await moving(page)).not.toEqual([]);
      await browser.picture('forced-colours');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Find a command' }).waitFor();
      expect(await unmarkedChoices(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.emulateMedia({ reducedMotion: 'reduce', forcedColors: 'none' });
    });

    it('says in one place that what it shows is old, and goes on showing it', async () => {
      for (const path of paths) {
        await go(path);
        const shown = await browser.page.locator('main :is(tr, dt, canvas)').count();
        await browser.page.route(data, (route) => route.abort());
        await browser.page.keyboard.press('r');
        await browser.page.getByRole('status').filter({ hasText: 'Stale' }).waitFor();
        expect([path, await browser.page.getByRole('alert').count()]).toEqual([path, 1]);
        expect([path, await browser.page.locator('main :is(tr, dt, canvas)').count()]).toEqual([path, shown]);
        await browser.picture(pictureOf('stale', path));
        await browser.page.unroute(data);
      }
    });

    it('has no fault while it cannot load anything, and says so in one place', async () => {
      const faults: string[] = [];
      await browser.page.route(data, (route) => route.abort());
      for (const path of paths) {
        await go(path);
        await browser.page.getByRole('alert').waitFor();
        faults.push(...(await look('failing', path)));
      }
      expect(faults).toEqual([]);
    });
  });
});
