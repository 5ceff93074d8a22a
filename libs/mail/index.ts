export { hasLink } from './links.js';
export { MailModule } from './mail.module.js';
export { assertSendable, Mailer, type Message } from './mailer.js';
export { MailRejected } from './problems.js';
export { SmtpMailer } from './smtp-mailer.js';
