import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainIfAsked } from '../../commands/support/command-line.js';
import { runJest } from './jest.js';

explainIfAsked(
  {
    name: 'npm run console:pictures',
    does: 'Takes the pictures of the console in docs/pictures/ anew, of a busy installation that there is not. Needs a Chromium.',
  },
  process.argv.slice(2),
);

const folder = 'docs/pictures';

/** Those of docs/console.md: page and theme. */
const pictures = [
  ['overview', 'light'],
  ['http', 'dark'],
  ['work', 'light'],
  ['job-failed', 'dark'],
  ['dead-letters', 'light'],
  ['economics', 'dark'],
];

const taken = mkdtempSync(join(tmpdir(), 'mainstay-pictures-'));
await runJest(['test/browser/console-pages.spec.ts', '-t', 'of a busy installation, has no fault, in'], {
  TEST_SCREENSHOTS: taken,
});
if (!process.exitCode) {
  mkdirSync(folder, { recursive: true });
  for (const [page, theme] of pictures)
    copyFileSync(join(taken, `busy-${page}-1440-${theme}.png`), join(folder, `${page}.png`));
}
rmSync(taken, { recursive: true });
