import { migrationStatus, type MigrationStatus } from '#libs/database';
import { command } from './command.js';
import { loadEnvironmentFile } from './environment.js';
import { MIGRATIONS, openDatabase } from './local-database.js';

await command(async () => {
  loadEnvironmentFile();
  const database = await openDatabase(process.env);
  try {
    const status = await migrationStatus({ connectionString: database.url, folder: MIGRATIONS });
    console.log(process.argv.includes('--json') ? JSON.stringify(status, null, 2) : asText(status));
    if (status.faults.length > 0) process.exitCode = 1;
  } finally {
    await database.stop();
  }
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
      ? ['To apply what is pending: npm run db:migrate']
      : []),
  ].join('\n');
}
