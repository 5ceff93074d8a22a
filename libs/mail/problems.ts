import { defineProblem } from '#libs/problem';

export class MailUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'mail.unavailable',
  title: 'The mail server cannot be used now',
  help: 'The message was not accepted. It is tried again; when this lasts, check SMTP_URL and the mail server.',
}) {}

export class MailRejected extends defineProblem({
  kind: 'invalid',
  code: 'mail.rejected',
  title: 'The message was rejected',
  help: 'The mail server refuses this message or its recipient for good. Sending it again does not help: correct the address.',
}) {}
