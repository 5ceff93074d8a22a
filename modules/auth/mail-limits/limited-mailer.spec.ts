import { globSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

/** Everything else that sends mail goes through LimitedMailer. Both are told to the owner of an account about the account. */
const unlimited = [
  'modules/auth/email-changes/email-change-mailer.ts',
  'modules/auth/mail-limits/limited-mailer.ts',
  'modules/auth/notifications/notification-mailer.ts',
];

it('no other feature sends a mail past the limit', () => {
  const senders = globSync('modules/**/*.ts').filter(
    (file) =>
      !/\.spec\.ts$|^modules\/dev-mail\//.test(file) &&
      /import \{[^}]*\bMailer\b[^}]*\} from '#libs\/mail'/.test(readFileSync(file, 'utf8')),
  );
  expect(senders.toSorted()).toEqual(unlimited);
});
