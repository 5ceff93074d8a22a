import { loadSecret } from '#libs/config';
import { migrate } from '#libs/database';
import { command } from './support/command.js';
import { appVersion, MIGRATIONS } from './support/release.js';

const line = {
  name: 'npm run db:migrate',
  does: 'Applies the migrations that the database does not have yet, each one once, whoever else does so meanwhile.',
};

await command(line, async () => {
  await migrate({
    connectionString: loadSecret(process.env, 'DATABASE_URL'),
    folder: MIGRATIONS,
    appVersion: appVersion(),
    log: console.log,
  });
  console.log('The database is up to date.');
});
