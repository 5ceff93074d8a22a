import { z } from 'zod';
import { MailRejected } from './problems.js';

export interface Message {
  /**
   * A stable id of the message, for example that of the job that sends it: 1–100 of `A-Z a-z 0-9 . _ -`. When a crash causes
   * the message to be sent twice, receivers recognise the second one by it.
   */
  key: string;
  /** Exactly one bare address. */
  to: string;
  /** One line. */
  subject: string;
  /** Plain text. */
  text: string;
}

/** Sends mail. Nest's token for the implementation that the configuration chooses. */
export abstract class Mailer {
  /**
   * Resolves when the mail server accepts the message. Throws `MailUnavailable` when another try may succeed and
   * `MailRejected` when it cannot.
   */
  abstract send(message: Message): Promise<void>;
}

const address = z.email().max(254);

/**
 * Throws for a message whose line breaks could add recipients, header fields or a second message: a line break ends a header
 * field.
 */
export function assertSendable({ key, to, subject }: Message): void {
  if (!/^[\w.-]{1,100}$/.test(key))
    throw new Error('The key of a message must be 1-100 of A-Z a-z 0-9 . _ -');
  if (!address.safeParse(to).success) throw new MailRejected('The recipient is not an e-mail address.');
  if (/\p{Cc}/u.test(subject)) throw new MailRejected('The subject contains control characters.');
}
