import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { refuseInTransaction } from '#libs/database';
import { assertSendable, type Mailer, type Message } from './mailer.js';
import { MailRejected, MailUnavailable } from './problems.js';

/** Milliseconds. They are shorter than a job's time limit, so that the error names the mail server that does not answer. */
const timeouts = {
  /** The time from looking up the name to the server's greeting. */
  connectionTimeout: 5000,
  /** The time of silence on an open connection. */
  socketTimeout: 10_000,
};

interface SmtpError {
  code?: string;
  /** The server's reply code (RFC 5321 section 4.2). */
  responseCode?: number;
}

export interface SmtpOptions {
  /** `smtp://` or `smtps://`. The query takes nodemailer's options, for example `?requireTLS=true`. */
  url: string;
  /** The From field: `Name <address>`. */
  from: string;
}

/** Sends mail over SMTP, on a few connections that stay open between messages. */
export class SmtpMailer implements Mailer, OnApplicationShutdown {
  readonly #transport;
  readonly #domain: string;

  constructor({ url, from }: SmtpOptions) {
    this.#domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
    this.#transport = createTransport(
      // One requeue suffices for a message whose connection the server had just closed; the retries of the job handle the
      // rest.
      { url, pool: true, maxRequeues: 1, ...timeouts, disableFileAccess: true, disableUrlAccess: true },
      // Mail programs send no out-of-office reply to such a message (RFC 3834 section 5).
      { from, headers: { 'Auto-Submitted': 'auto-generated' } },
    );
  }

  async send(message: Message): Promise<void> {
    refuseInTransaction('Mail');
    assertSendable(message);
    try {
      await this.#transport.sendMail({
        messageId: `<${message.key}@${this.#domain}>`,
        to: { name: '', address: message.to },
        subject: message.subject,
        text: message.text,
      });
    } catch (error) {
      throw problemOf(error as SmtpError);
    }
  }

  /** Closes the connections, after the jobs that send mail have ended. */
  onApplicationShutdown(): void {
    this.#transport.close();
  }
}

/**
 * Returns the error of a failed message. Only the server's reply about this message or recipient is final (5yz, RFC 5321
 * section 4.2.1). A refused sign-in is 535 too, but there the configuration is wrong, and fixing it lets the message through.
 * The error omits the server's text, because it quotes addresses.
 */
function problemOf({ code, responseCode }: SmtpError): MailRejected | MailUnavailable {
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  const detail = `The mail server answered ${responseCode ?? code ?? 'nothing'}.`;
  const isFinal = isAboutMessage && responseCode !== undefined && responseCode >= 500;
  return isFinal ? new MailRejected(detail) : new MailUnavailable(detail);
}
