import { parseArgs } from 'node:util';
import { AdminsService } from '#modules/auth';
import { email } from '#modules/users';
import { withAuth } from './auth-context.js';
import { command } from './command.js';
import { loadEnvironmentFile, withDevelopmentSecrets } from './environment.js';
import { openDatabase } from './local-database.js';

await command(async () => {
  loadEnvironmentFile();
  const { values } = parseArgs({ options: { email: { type: 'string' } } });
  const address = email.safeParse(values.email);
  if (!address.success)
    throw new Error('Say whose account it is: npm run admin:bootstrap -- --email you@example.com');
  const database = await openDatabase(process.env);
  try {
    const env = { ...withDevelopmentSecrets(process.env), DATABASE_URL: database.url };
    const { token } = await withAuth(env, (app) => app.get(AdminsService).bootstrap(address.data));
    console.log(
      `The account ${address.data} is made. Within 72 hours, choose its password once with this token:\n\n  ${token}\n`,
    );
    console.log('POST /v1/password-resets/confirmations {"token": "…", "password": "…"}');
  } finally {
    await database.stop();
  }
});
