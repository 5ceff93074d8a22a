import { z } from 'zod';
import { MailRejected } from './problems.js';

export interface Message {
  /**
   * Stable id of the message, for example of the job that sends it: 1–100 of `A-Z a-z 0-9 . _ -`. When a crash makes
   * the message go out twice, receivers recognise the second by it.
   */
  key: string;
  /** Exactly one bare address. */
  to: string;
  /** One line. */
  subject: string;
  /** Plain text. */
  text: string;
}

/** Sends mail. Nest's token for whichever implementation the configuration chooses. */
export abstract class Mailer {
  /**
   * Resolves when the message is accepted for delivery. Throws `MailUnavailable` when another try may succeed and
   * `MailRejected` when it cannot.
   */
  abstract send(message: Message): Promise<void>;
}

const address = z.email().max(254);

/** Refuses what could smuggle in recipients, header fields or a second message: a line break ends a header field. */
export function assertSendable({ key, to, subject }: Message): void {
  if (!/^[\w.-]{1,100}$/.test(key))
    throw new Error('The key of a message must be 1-100 of A-Z a-z 0-9 . _ -');
  if (!address.safeParse(to).success) throw new MailRejected('The recipient is not an e-mail address.');
  if (/\p{Cc}/u.test(subject)) throw new MailRejected('The subject holds control characters.');
}
