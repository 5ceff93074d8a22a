import { Injectable } from '@nestjs/common';
import { Mailer } from '#libs/mail';
import { UsersService } from '#modules/users';
import type { SecurityChange } from './mfa.contract.js';

const sentences: Record<SecurityChange, string> = {
  'totp-enabled':
    'An authenticator app was set up for your account. Signing in asks for its codes from now on.',
  'totp-disabled': 'The authenticator app was removed from your account.',
  'passkey-added': 'A passkey was added to your account.',
  'passkey-removed': 'A passkey was removed from your account.',
  'recovery-codes-replaced': 'New recovery codes were made for your account. Those before no longer work.',
  'recovery-code-used':
    'A recovery code was used for your account. It works no more; make new ones before the last is gone.',
  'codes-blocked':
    'Ten wrong codes in a row were sent for your account, so codes of the authenticator app are refused for a while. Whoever sent them is signed in or knows your password.',
};

/** Tells people what was changed on their account, so that they notice when it was not them. */
@Injectable()
export class SecurityMails {
  constructor(
    private readonly users: UsersService,
    private readonly mailer: Mailer,
  ) {}

  /** The key is that of the job, so that a mail that is sent twice can be told from two mails. */
  async tell(userId: string, change: SecurityChange, key: string): Promise<void> {
    const { email, name } = await this.users.get(userId);
    const advice =
      'If it was not you, choose a new password with "forgot password", end all sessions and tell an administrator.';
    const text = [`Hello ${name},`, sentences[change], advice].join('\n\n');
    await this.mailer.send({ key, to: email, subject: 'Your account was changed', text: `${text}\n` });
  }
}
