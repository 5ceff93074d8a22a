import { readFile, writeFile } from 'node:fs/promises';
import { command } from '../../commands/support/command.js';
import { derivedFiles } from './derived-files.js';

const line = {
  name: 'npm run generate',
  does: 'Brings all files up to date that are made from the code: openapi.json, the types of the client, docs/routes.md, docs/problems.md.',
  options: {
    check: { type: 'boolean', does: 'changes nothing, and fails when one of them is not up to date' },
  },
} as const;

await command(line, async ({ values }) => {
  const old: string[] = [];
  for (const [path, content] of await derivedFiles()) {
    if ((await readFile(path, 'utf8').catch(() => '')) === content) continue;
    old.push(path);
    if (!values.check) await writeFile(path, content);
  }
  if (old.length === 0) console.log('mainstay: all files that are made from the code are up to date');
  else if (values.check) throw new Error(`not up to date: ${old.join(', ')}\nRun: npm run generate`);
  else console.log(`mainstay: written anew: ${old.join(', ')}`);
});
