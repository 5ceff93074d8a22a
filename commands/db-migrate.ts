import { loadSecret } from '#libs/config';
import { migrate } from '#libs/database';
import { command } from './support/command.js';
import { appVersion, MIGRATIONS } from './support/release.js';

await command(async () => {
  await migrate({
    connectionString: loadSecret(process.env, 'DATABASE_URL'),
    folder: MIGRATIONS,
    appVersion: appVersion(),
    log: console.log,
  });
  console.log('The database is up to date.');
});
