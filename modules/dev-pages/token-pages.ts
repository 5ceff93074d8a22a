import { html } from '#libs/http';
import type { MailedPage } from '#modules/auth';
import { type Field, type FormPage, newPassword } from './form.js';

const signIn = html`<a href="/dev/sign-in">Sign in</a>`;

/** The pages that the links of mails lead to. The type makes a page for every link that is mailed. */
export const tokenPages: Record<MailedPage, FormPage> = {
  'verify-email': tokenPage({
    title: 'Verify your address',
    intro: 'This finishes a registration: the address then has an account.',
    button: 'Verify the address',
    path: '/v1/email-verifications',
    says: html`The address is verified. ${signIn} with the password of the registration.`,
  }),
  'reset-password': tokenPage({
    title: 'Choose a new password',
    intro: 'This sets the password of the account and ends all its sessions.',
    button: 'Set the password',
    fields: [newPassword],
    path: '/v1/password-resets/confirmations',
    says: html`The password is set, and all sessions have ended. ${signIn}.`,
  }),
  'set-up-account': tokenPage({
    title: 'Set up your account',
    intro: 'Somebody made this account for you. It is yours once you have chosen a password.',
    button: 'Set the password',
    fields: [newPassword],
    path: '/v1/password-resets/confirmations',
    says: html`The account is ready. ${signIn}.`,
  }),
  'change-email': {
    ...tokenPage({
      title: 'Use this address',
      intro:
        'This makes the address that got the mail the one of your account, and ends your other sessions.',
      button: 'Use the new address',
      path: '/v1/users/me/email-changes/confirmations',
      says: html`The account has the new address. <a href="/dev/account">See the account</a>.`,
    }),
    needsSession: true,
  },
  'cancel-email-change': tokenPage({
    title: 'Keep your address',
    intro: 'This cancels the change that somebody asked for: the account keeps its address.',
    button: 'Cancel the change',
    path: '/v1/users/me/email-changes/cancellations',
    says: html`The change is cancelled. If you did not ask for it,
      <a href="/dev/sign-in">choose a new password</a>.`,
  }),
};

/**
 * Returns the address of the page here that can be opened in place of a link to a front end, or undefined for any other link.
 * Links lead to APP_URL, where maybe nothing runs yet.
 */
export function tokenPageFor(link: string, { APP_URL, PUBLIC_URL }: { APP_URL: string; PUBLIC_URL: string }) {
  const path = link.startsWith(`${APP_URL}/`) ? link.slice(APP_URL.length) : '';
  const [, page = ''] = /^\/([\w-]+)#token=/.exec(path) ?? [];
  return APP_URL !== PUBLIC_URL && Object.hasOwn(tokenPages, page) ? `${PUBLIC_URL}${path}` : undefined;
}

function tokenPage({
  title,
  intro,
  button,
  fields = [],
  path,
  says,
}: Pick<FormPage, 'title' | 'intro'> & {
  button: string;
  fields?: Field[];
  path: string;
  says: ReturnType<typeof html>;
}): FormPage {
  const body = ['token', ...fields.map(({ name }) => name)];
  const calls = [{ method: 'POST' as const, path, body }];
  return { title, intro, sections: [{ form: { button, fields, calls, outcomes: { 204: { says } } } }] };
}
