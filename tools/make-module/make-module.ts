import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { command } from '../../commands/support/command.js';
import { assertAvailable } from './availability.js';
import { type Column, columnsOf, columnTypes } from './columns.js';
import { Draft } from './draft.js';
import { filesOf } from './files.js';
import { type Names, namesOf } from './names.js';
import { register } from './registration.js';

const usage =
  'say what the feature is about, as a plural, and what it has: npm run make:module -- invoices title:text due_date:date?';

const line = {
  name: 'npm run make:module',
  does: `Writes a new feature: its files, its test, its migration, and its place in everything that must know it. A column is
<name>:<type>, with "?" behind it when it may be empty: due_date:date?. Without any, the feature has name:text.
The types: ${Object.keys(columnTypes).join(', ')}.`,
  positionals: '<plural> [<column> …]',
  options: {
    singular: {
      type: 'string',
      value: 'word',
      does: 'the name of one of them, where the plural does not tell',
    },
  },
} as const;

await command(line, async ({ values, positionals }) => {
  const [plural, ...columnTexts] = positionals;
  if (!plural) throw new Error(usage);
  const names = namesOf(plural, values.singular);
  const columns = columnsOf(columnTexts);
  assertAvailable(names);
  const draft = await Draft.of(process.cwd());
  try {
    await write(draft, names, columns);
    const paths = await draft.publish();
    console.log(
      `mainstay: modules/${names.module} is made, with\n${paths.map((path) => `  ${path}`).join('\n')}`,
    );
    console.log(nextSteps(names));
  } finally {
    await draft.remove();
  }
});

async function write(draft: Draft, names: Names, columns: readonly Column[]): Promise<void> {
  await assertMigrated(draft);
  for (const [path, content] of filesOf(names, columns)) await draft.write(path, content);
  await register(draft, names);
  await migration(draft, `add_${names.table}`);
  await inDraft(draft, 'tools/run.mjs', 'generate');
  await inDraft(
    draft,
    'node_modules/prettier/bin/prettier.cjs',
    '--write',
    '--ignore-unknown',
    ...(await draft.changes()),
  );
}

/** What was changed in other schemas before would become a part of the new feature's migration. */
async function assertMigrated(draft: Draft): Promise<void> {
  await migration(draft, 'pending');
  if ((await draft.changes()).length > 0)
    throw new Error(
      'the schemas have changes without a migration; write it first: npm run db:generate -- --name what_it_does',
    );
}

/** Writes a migration without the build that npm run db:generate begins with: Drizzle reads the sources. */
function migration(draft: Draft, name: string): Promise<void> {
  return inDraft(draft, 'node_modules/drizzle-kit/bin.cjs', 'generate', '--name', name);
}

/** Runs a script of the draft with Node. Throws with all that it printed when it fails. */
async function inDraft(draft: Draft, script: string, ...args: string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [script, ...args], { cwd: draft.root });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${script} ${args.join(' ')} failed, so nothing was made\n${stdout}${stderr}`, {
      cause: error,
    });
  }
}

function nextSteps({ module, One, words }: Names): string {
  return `
One of them is called "${words.one}" (${One}); if that is wrong, undo it with git and give --singular.

Next:
  1. npm test -- ${module}
  2. Change the columns in ${module}.schema.ts and the inputs and views in ${module}.contract.ts to what you need. Then
     npm run db:generate -- --replace, npm run generate, and npm run db:migrate or, where the old one was applied, db:reset.
  3. Say in a few words what it is in the map of README.md, and what is new in CHANGELOG.md.
  4. npm run check

docs/features.md explains what was written and how it grows.`;
}
