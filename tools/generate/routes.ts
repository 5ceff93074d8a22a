import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { command } from '../../commands/support/command.js';

/** Brings the committed table of routes up to date. */
await command(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/apps/api/describe.js', 'routes']);
  await writeFile('docs/routes.md', stdout);
  console.log('mainstay: docs/routes.md is up to date');
});
