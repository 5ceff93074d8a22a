import { AdminsService } from '#modules/auth';
import { email } from '#modules/users';
import { withAuth } from './support/auth-context.js';
import { command } from './support/command.js';

const line = {
  name: 'npm run admin:bootstrap',
  does: 'Makes the first administrator, and prints a token with which that person chooses a password.',
  options: { email: { type: 'string', value: 'address', does: 'the address of the account' } },
} as const;

await command(line, async ({ values }) => {
  const address = email.safeParse(values.email);
  if (!address.success) throw new Error('Name the address of the account: --email you@example.com');
  const { token } = await withAuth((app) => app.get(AdminsService).bootstrap(address.data));
  console.log(
    `The account ${address.data} is made. Within 72 hours, choose its password once with this token:\n\n  ${token}\n`,
  );
  console.log('POST /v1/password-resets/confirmations {"token": "…", "password": "…"}');
});
