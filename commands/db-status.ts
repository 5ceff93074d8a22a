import { loadSecret } from '#libs/config';
import { migrationStatus, type MigrationStatus } from '#libs/database';
import { command } from './support/command.js';
import { MIGRATIONS } from './support/release.js';

const line = {
  name: 'npm run db:status',
  does: 'Shows which migrations are applied and which are pending. The exit code is 1 when one was changed or is missing.',
  options: { json: { type: 'boolean', does: 'prints the state for programs' } },
} as const;

await command(line, async ({ values }) => {
  const connectionString = loadSecret(process.env, 'DATABASE_URL');
  const status = await migrationStatus({ connectionString, folder: MIGRATIONS });
  console.log(values.json ? JSON.stringify(status, null, 2) : asText(status));
  if (status.faults.length > 0) process.exitCode = 1;
});

function asText({ applied, pending, faults, bullmq }: MigrationStatus): string {
  return [
    ...applied.map(
      ({ name, appliedAt, duration }) => `applied   ${name}  ${appliedAt.toISOString()}  ${duration} ms`,
    ),
    ...pending.map((name) => `pending   ${name}`),
    ...faults.map(({ kind, detail }) => `${kind.padEnd(9)} ${detail}`),
    `bullmq    version ${bullmq.version} of ${bullmq.latest}`,
    ...(pending.length > 0 || bullmq.version < bullmq.latest
      ? ['The command db-migrate applies what is pending.']
      : []),
  ].join('\n');
}
