import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { command } from '../../commands/support/command.js';

/** Writes a migration for what the Drizzle schemas have beyond the last one; `--custom` makes an empty file to fill by hand. */
await command(async () => {
  const { values } = parseArgs({ options: { name: { type: 'string' }, custom: { type: 'boolean' } } });
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
