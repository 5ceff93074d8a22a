import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { command } from '../../commands/support/command.js';
import { clientTypes } from './client-types.js';

const line = {
  name: 'npm run openapi',
  does: 'Brings openapi.json and the types of the client up to date.',
};

await command(line, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['build/apps/api/describe.js']);
  await writeFile('openapi.json', stdout);
  await writeFile('libs/client/schema.generated.ts', await clientTypes(stdout));
  console.log('mainstay: openapi.json and libs/client/schema.generated.ts are up to date');
});
