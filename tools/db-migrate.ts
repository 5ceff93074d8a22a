import { migrate } from '#libs/database';
import { command } from './command.js';
import { loadEnvironmentFile } from './environment.js';
import { appVersion, MIGRATIONS, openDatabase } from './local-database.js';

await command(async () => {
  loadEnvironmentFile();
  const database = await openDatabase(process.env);
  try {
    await migrate({
      connectionString: database.url,
      folder: MIGRATIONS,
      appVersion: appVersion(),
      log: console.log,
    });
    console.log('The database is up to date.');
  } finally {
    await database.stop();
  }
});
