import { parseArgs } from 'node:util';
import { SigningKeysService } from '#modules/oauth';
import { withAuth } from './support/auth-context.js';
import { command } from './support/command.js';

/**
 * Renews the key that signs access tokens. With `--revoke=<kid>` it ends one key at once, because that key may have leaked.
 * The equals sign is needed because a kid may begin with a dash.
 */
await command(async () => {
  const { values } = parseArgs({ options: { revoke: { type: 'string' } } });
  console.log(await withAuth((app) => change(app.get(SigningKeysService), values.revoke)));
});

async function change(keys: SigningKeysService, revoked: string | undefined): Promise<string> {
  if (revoked === undefined)
    return `The key ${await keys.rotate()} is published. The worker activates it ten minutes after that.`;
  const signing = await keys.revoke(revoked);
  return `The key ${revoked} is revoked: no token that it signed works any more. The key ${signing} signs from now on.`;
}
