import { hasLink } from '#libs/mail';

export interface NotificationText {
  subject: string;
  text: string;
  /** Tells the user what to do, where the usual advice does not help. */
  advice?: string;
}

const usualAdvice =
  'If it was not you, choose a new password with "forgot password", end all sessions and tell an administrator.';

const accountChanged = 'Your account was changed';

/** The notifications whose text is the same for every user. */
export const plainNotifications = {
  'password-changed': {
    subject: 'Your password was changed',
    text: 'The password of your account was changed just now, and all other sessions have ended. API keys, passkeys and linked identities still work: look through them, and remove what is not yours.',
  },
  'email-changed': {
    subject: 'Your address was changed',
    text: 'Your account now has another address; this one can no longer be used to sign in. All other sessions have ended.',
  },
  'totp-enabled': {
    subject: accountChanged,
    text: 'An authenticator app was set up for your account. Signing in asks for its codes from now on.',
  },
  'totp-disabled': { subject: accountChanged, text: 'The authenticator app was removed from your account.' },
  'passkey-added': { subject: accountChanged, text: 'A passkey was added to your account.' },
  'passkey-confirmed': {
    subject: accountChanged,
    text: 'A passkey of your account that was suspended works again.',
  },
  'passkey-removed': { subject: accountChanged, text: 'A passkey was removed from your account.' },
  'recovery-codes-replaced': {
    subject: accountChanged,
    text: 'New recovery codes were made for your account. Earlier codes no longer work.',
  },
  'recovery-code-used': {
    subject: accountChanged,
    text: 'A recovery code was used for your account. It no longer works; create new ones before the last one is used.',
  },
  'session-ended': {
    subject: 'One of your sessions was ended',
    text: 'Ten wrong proofs in a row were sent in one of your sessions, so it has ended. The person who sent them was signed in as you.',
  },
  'codes-blocked': {
    subject: accountChanged,
    text: 'Ten wrong codes in a row were sent for your account, so codes of the authenticator app are refused for a while. The person who sent them knows your password, or can sign in as you at a provider.',
  },
} satisfies Record<string, NotificationText>;

/** Returns the sentence about a reason. The user trusts this mail, so it carries no link that another person wrote. */
export const reasonText = (reason: string) =>
  hasLink(reason)
    ? 'The reason they gave contains a link, so this mail does not repeat it. Ask an administrator for it.'
    : `The reason they gave: ${reason}`;

const askAdministrators =
  'If you did not expect this, ask the administrators of this installation at once. GET /v1/audit-events says who did it.';

/** The notifications with a detail: a name or a reason. */
export const detailedNotifications = {
  'password-reset': (ended) => ({
    subject: 'Your password was changed',
    text: [
      'The password of your account was changed by a link to this mailbox, and all sessions have ended.',
      ended,
    ]
      .filter(Boolean)
      .join('\n\n'),
    advice:
      'If it was not you, somebody reads your mail: change the password of your mailbox, then of this account, and tell an administrator.',
  }),
  'api-key-created': (prefix) => ({
    subject: 'A way to use your account was added',
    text: `An API key was made for your account. It begins with ${prefix}, and acts as you until it expires or is revoked.`,
  }),
  'identity-linked': (provider) => ({
    subject: 'A way to sign in was added',
    text: `From now on you can sign in to your account with ${provider}.`,
  }),
  'identity-unlinked': (provider) => ({
    subject: 'A way to sign in was removed',
    text: `You can no longer sign in to your account with ${provider}. Your other sessions have ended.`,
  }),
  'impersonation-started': (reason) => ({
    subject: 'An administrator signed in as you',
    text: `An administrator of this installation signed in as you, for at most 30 minutes. They see what you see; they cannot change your password, address, second factors or keys.\n\n${reasonText(reason)}`,
    advice: 'GET /v1/sessions lists the session while it lasts, and you can end it there.',
  }),
  'rights-changed': (what) => ({
    subject: 'An account was changed by an administrator',
    text: what,
    advice: askAdministrators,
  }),
  'service-changed': (what) => ({
    subject: 'A service was changed by an administrator',
    text: what,
    advice: askAdministrators,
  }),
} satisfies Record<string, (detail: string) => NotificationText>;

export type PlainNotification = keyof typeof plainNotifications;
export type NotificationContent =
  { kind: PlainNotification } | { kind: keyof typeof detailedNotifications; detail: string };

/** Returns the subject and text of the mail. */
export function renderNotification(content: NotificationContent): { subject: string; text: string } {
  const template: NotificationText =
    'detail' in content
      ? detailedNotifications[content.kind](content.detail)
      : plainNotifications[content.kind];
  const { subject, text, advice = usualAdvice } = template;
  return { subject, text: `${text}\n\n${advice}\n` };
}
