import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type CDPSession, chromium, type Page } from 'playwright-core';
import { eventually } from '#libs/testing';
import { type Attestation, Authenticator, create, type Options, origin } from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 AA, and what axe calls best practice. */
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Where pictures of the pages go, for people who look at them; without it none are taken. */
const pictures = process.env.TEST_SCREENSHOTS;
const widths = [1440, 768, 320];

/** Those in the navigation. */
export const pages = [
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
  '/economics',
  '/users',
  '/audit',
];

export const schemes = ['light', 'dark'] as const;

/** What of axe is used here, and the globals of a page: the types of Node are those of this program, not the DOM's. */
interface Axe {
  run(
    context: object,
    options: object,
  ): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }>;
}
interface Globals {
  axe?: Axe;
  document: { documentElement: { scrollWidth: number } };
  innerWidth: number;
}

/** A console in Chromium, and everything in it that should not have happened. */
export interface ConsolePage {
  page: Page;
  /** Messages of the browser: of its console, of the policy, of requests to another site. */
  complaints: string[];
  /** Opens a page and waits until it shows what it has loaded. */
  open(path: string): Promise<void>;
  /** Signs in on the page of the jobs; a member sees there that this is for operators. */
  signIn(email: string, password: string): Promise<void>;
  /** Goes to a page by its link in the navigation, as people do: nothing is loaded anew but what the page shows. */
  follow(path: string): Promise<void>;
  /** Returns what axe finds, and a line for a page that is wider than its window. */
  findings(): Promise<string[]>;
  /** Takes pictures in each width and scheme, when somebody wants them. */
  picture(name: string): Promise<void>;
  /** Makes a passkey in the browser, which has it from then on and says yes whenever it is asked. */
  createPasskey(options: Options): Promise<Attestation>;
  close(): Promise<void>;
}

export async function openConsole(apiUrl: string): Promise<ConsolePage> {
  const engine = await chromium.launch({
    executablePath: process.env.TEST_CHROMIUM!,
    // As root, as in most containers, Chromium has no sandbox; it sees nothing but our own pages.
    args: [
      '--headless=new',
      '--no-sandbox',
      `--host-resolver-rules=MAP *.localhost:80 ${new URL(apiUrl).host}`,
    ],
  });
  // Without motion a colour is never on its way to another one while axe looks.
  const page = await engine.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const devtools = await page.context().newCDPSession(page);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) complaints.push(`a request to ${request.url()}`);
  });
  const open = async (path: string) => {
    await page.goto(`${origin}/console${path === '/' ? '' : path}`);
    await settled(page);
  };
  return {
    page,
    complaints,
    open,
    async signIn(email, password) {
      await page.context().clearCookies();
      await open('/jobs');
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: /Jobs|403/ }).waitFor();
      await settled(page);
    },
    async follow(path) {
      const link = page.locator(`nav a[href="/console${path === '/' ? '' : path}"]`);
      await link.click();
      await page.locator('nav a[aria-current="page"]').and(link).waitFor();
      await settled(page);
    },
    findings: () => findings(page, devtools),
    async picture(name) {
      if (!pictures) return;
      mkdirSync(pictures, { recursive: true });
      for (const width of widths) {
        await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({
            path: `${pictures}/${name}-${width}-${colorScheme}.png`,
            fullPage: width < 1440,
          });
        }
      }
      await page.setViewportSize({ width: 1440, height: 900 });
    },
    async createPasskey(options) {
      await Authenticator.of(devtools);
      return page.evaluate(create, options);
    },
    close: () => engine.close(),
  };
}

/** Waits until a page has loaded what it shows. */
async function settled(page: Page): Promise<void> {
  // While the console asks who is there, its heading says that it loads.
  await page.locator('h1').filter({ hasNotText: 'Loading' }).waitFor();
  await eventually(async () => (await page.locator('.loading').count()) === 0, { what: 'the page to load' });
}

async function findings(page: Page, devtools: CDPSession): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  // The policy of the page lets no text become a script; DevTools stand outside of it.
  if (!isThere) await devtools.send('Runtime.evaluate', { expression: axe });
  return page.evaluate(async (values) => {
    const { axe: checker, document, innerWidth } = globalThis as unknown as Globals;
    const { violations } = await checker!.run(document, {
      runOnly: values,
      resultTypes: ['violations'],
      preload: false,
    });
    const isWide = document.documentElement.scrollWidth > innerWidth;
    return [
      ...violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
      ),
      ...(isWide ? ['the page is wider than its window'] : []),
    ];
  }, rules);
}
