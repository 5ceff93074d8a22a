import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { command } from '../../commands/support/command.js';
import { journalPath, replaceableMigrations, takeAway } from './replaceable.js';

const line = {
  name: 'npm run db:generate',
  does: 'Writes a migration for what the Drizzle schemas have beyond the last one.',
  options: {
    name: {
      type: 'string',
      value: 'what_it_does',
      does: 'the name of the migration: small letters, digits, "_"',
    },
    custom: { type: 'boolean', does: 'makes an empty file that you fill by hand' },
    replace: { type: 'boolean', does: 'writes the last migrations anew that only this branch has, as one' },
  },
} as const;

await command(line, async ({ values: { name, custom, replace } }) => {
  if (custom && replace) throw new Error('--replace writes what the schemas say; leave --custom out');
  if (replace) return regenerate(name);
  generate(checked(name), ...(custom ? ['--custom'] : []));
});

/** Writes one migration in the place of those that only this branch has. A failure leaves everything as it was. */
async function regenerate(name?: string): Promise<void> {
  const replaced = await replaceableMigrations();
  const [first] = replaced;
  const given = checked(name ?? first!.tag.slice('0000_'.length));
  const restore = await takeAway(replaced);
  try {
    generate(given);
  } catch (error) {
    await restore();
    throw error;
  }
  const names = replaced.map(({ tag }) => `${tag}.sql`).join(', ');
  console.log(
    `mainstay: replaced ${names}. If your database has it already, start over with: npm run db:reset`,
  );
}

function checked(name: string | undefined): string {
  if (name && /^[a-z][a-z0-9_]*$/.test(name)) return name;
  throw new Error(
    'say what the migration does: npm run db:generate -- --name add_api_keys (small letters, digits, "_")',
  );
}

function journal(): string {
  return existsSync(journalPath) ? readFileSync(journalPath, 'utf8') : '';
}

function generate(name: string, ...more: string[]): void {
  const args = ['node_modules/drizzle-kit/bin.cjs', 'generate', '--name', name, ...more];
  const before = journal();
  // Its questions are on the standard output. It also ends with 0 when a schema cannot be read: then it has said why, and
  // has written nothing.
  const { status, stderr } = spawnSync(process.execPath, args, { stdio: ['inherit', 'inherit', 'pipe'] });
  process.stderr.write(stderr);
  const hasFailed = status !== 0 || (stderr.length > 0 && journal() === before);
  if (hasFailed) throw new Error('no migration was written; the reason stands above');
}
