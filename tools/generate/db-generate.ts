import { spawnSync } from 'node:child_process';
import { command } from '../../commands/support/command.js';

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
  },
} as const;

await command(line, async ({ values }) => {
  if (!values.name || !/^[a-z][a-z0-9_]*$/.test(values.name)) {
    throw new Error(
      'say what the migration does: npm run db:generate -- --name add_api_keys (small letters, digits, "_")',
    );
  }
  const args = ['generate', '--name', values.name, ...(values.custom ? ['--custom'] : [])];
  const { status } = spawnSync(process.execPath, ['node_modules/drizzle-kit/bin.cjs', ...args], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
