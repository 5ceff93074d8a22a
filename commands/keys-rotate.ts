import { SigningKeysService } from '#modules/oauth';
import { withAuth } from './support/auth-context.js';
import { command } from './support/command.js';

const line = {
  name: 'npm run keys:rotate',
  does: 'Publishes a new key that signs access tokens ten minutes later.',
  options: {
    revoke: {
      type: 'string',
      value: 'kid',
      does: 'ends this key at once instead, because it may have leaked; write --revoke=<kid>, as a kid may begin with a dash',
    },
  },
} as const;

await command(line, async ({ values }) => {
  console.log(await withAuth((app) => change(app.get(SigningKeysService), values.revoke)));
});

async function change(keys: SigningKeysService, revoked: string | undefined): Promise<string> {
  if (revoked === undefined)
    return `The key ${await keys.rotate()} is published. The worker activates it ten minutes after that.`;
  const signing = await keys.revoke(revoked);
  return `The key ${revoked} is revoked: no token that it signed works any more. The key ${signing} signs from now on.`;
}
