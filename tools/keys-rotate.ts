import { parseArgs } from 'node:util';
import { SigningKeysService } from '#modules/oauth';
import { withAuth } from './auth-context.js';
import { command } from './command.js';
import { loadEnvironmentFile, withDevelopmentSecrets } from './environment.js';
import { openDatabase } from './local-database.js';

/**
 * Renews the key that signs access tokens; with `--revoke=<kid>` ends one at once, for when it may have leaked. With the
 * equals sign, as a kid may begin with a dash.
 */
await command(async () => {
  loadEnvironmentFile();
  const { values } = parseArgs({ options: { revoke: { type: 'string' } } });
  const database = await openDatabase(process.env);
  try {
    const env = { ...withDevelopmentSecrets(process.env), DATABASE_URL: database.url };
    console.log(await withAuth(env, (app) => change(app.get(SigningKeysService), values.revoke)));
  } finally {
    await database.stop();
  }
});

async function change(keys: SigningKeysService, revoked: string | undefined): Promise<string> {
  if (revoked === undefined)
    return `The key ${await keys.rotate()} is published. The worker lets it sign once it has been for ten minutes.`;
  const signing = await keys.revoke(revoked);
  return `The key ${revoked} is revoked: no token that it signed works any more. The key ${signing} signs from now on.`;
}
