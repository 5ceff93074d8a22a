import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { command } from '../../commands/support/command.js';

const line = { name: 'npm run routes', does: 'Brings docs/routes.md up to date.' };

await command(line, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['build/apps/api/describe.js', 'routes']);
  await writeFile('docs/routes.md', stdout);
  console.log('mainstay: docs/routes.md is up to date');
});
