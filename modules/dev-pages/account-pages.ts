import { type Html, html } from '#libs/http';
import { email, type Form, type FormPage, newPassword, password } from './form.js';

const signOut: Form = {
  button: 'Sign out',
  fields: [],
  calls: [{ method: 'DELETE', path: '/v1/sessions/current', body: [] }],
  outcomes: { 204: { says: html`You are signed out. <a href="/dev/sign-in">Sign in again</a>.` } },
};

const changeAddress = (mailSent: Html): Form => ({
  button: 'Change the address',
  fields: [
    { ...email, label: 'New e-mail address', autocomplete: 'email' },
    { ...password, hint: 'It proves that it is you, as for every sensitive action.' },
  ],
  calls: [
    { method: 'POST', path: '/v1/sudo', body: ['password'] },
    { method: 'POST', path: '/v1/users/me/email-changes', body: ['email'] },
  ],
  outcomes: { 202: { says: mailSent } },
});

/** Pages that lead to the mails, and on from them. Their paths are below /dev, because no mail leads there. */
export const accountPages = ({ hasMailbox }: { hasMailbox: boolean }): Record<string, FormPage> => {
  const mailSent = html`A mail is on its way, and its link goes on from here.
  ${hasMailbox && html`<a href="/dev/mail">Open the mailbox</a>`}`;
  return {
    register: {
      title: 'Register',
      intro: 'The answer comes by mail, and is the same for an address that has an account.',
      sections: [
        {
          form: {
            button: 'Register',
            fields: [
              { ...email, autocomplete: 'email' },
              { name: 'name', label: 'Name', type: 'text', autocomplete: 'name' },
              { ...newPassword, label: 'Password' },
            ],
            calls: [{ method: 'POST', path: '/v1/registrations', body: ['email', 'name', 'password'] }],
            outcomes: { 202: { says: mailSent } },
          },
        },
      ],
    },
    'sign-in': {
      title: 'Sign in',
      intro: 'The terminal of npm start shows the address and the password of an administrator.',
      sections: [
        {
          form: {
            button: 'Sign in',
            fields: [email, password],
            calls: [{ method: 'POST', path: '/v1/sessions', body: ['email', 'password'] }],
            outcomes: { 201: { goesTo: '/dev/account' }, 202: { goesTo: '/second-factor' } },
          },
        },
        {
          heading: 'Forgotten?',
          intro: 'A link to choose a new password comes by mail, if the address has an account.',
          form: {
            button: 'Send the link',
            fields: [email],
            calls: [{ method: 'POST', path: '/v1/password-resets', body: ['email'] }],
            outcomes: { 202: { says: mailSent } },
          },
        },
      ],
    },
    account: {
      title: 'Your account',
      intro: 'The session cookie of this browser belongs to this account.',
      needsSession: true,
      sections: [
        { heading: 'Change the address', intro: 'Both addresses get a mail.', form: changeAddress(mailSent) },
        { heading: 'Sign out', form: signOut },
      ],
    },
  };
};

/** The page after a sign-in by password or provider that waits for a second factor. It leads on to this path. */
export const secondFactorPage = (goesTo: string): FormPage => ({
  title: 'Second factor',
  intro: 'This account has a second factor. An account that has only a passkey needs a front end here.',
  sections: [
    {
      form: {
        button: 'Sign in',
        fields: [
          {
            name: 'code',
            label: 'Code of the app, or a recovery code',
            type: 'text',
            autocomplete: 'one-time-code',
          },
        ],
        calls: [{ method: 'POST', path: '/v1/sessions/mfa', body: ['code'] }],
        outcomes: { 201: { goesTo } },
      },
    },
  ],
});
