import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { refuseInTransaction } from '#libs/database';
import { assertSendable, type Mailer, type Message } from './mailer.js';
import { MailRejected, MailUnavailable } from './problems.js';

/** Milliseconds. Shorter than a job's time limit, so that a hanging server is reported as one. */
const timeouts = {
  /** From the name's lookup to the server's greeting. */
  connectionTimeout: 5000,
  /** Of silence on an open connection. */
  socketTimeout: 10_000,
};

interface SmtpError {
  code?: string;
  /** The server's reply code (RFC 5321 section 4.2). */
  responseCode?: number;
}

export interface SmtpOptions {
  /** `smtp://` or `smtps://`; its query takes nodemailer's options, for example `?requireTLS=true`. */
  url: string;
  /** The From field: `Name <address>`. */
  from: string;
}

/** Sends over SMTP, on a few connections that stay open between messages. */
export class SmtpMailer implements Mailer, OnApplicationShutdown {
  readonly #transport;
  readonly #domain: string;

  constructor({ url, from }: SmtpOptions) {
    this.#domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
    this.#transport = createTransport(
      // One requeue serves a message that met a connection the server had just closed; the job's retries do the rest.
      { url, pool: true, maxRequeues: 1, ...timeouts, disableFileAccess: true, disableUrlAccess: true },
      // RFC 3834 section 5: out-of-office replies are not sent to this.
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

  /** After the jobs that send have drained. */
  onApplicationShutdown(): void {
    this.#transport.close();
  }
}

/**
 * Only what the server says about this message or recipient is final (5yz, RFC 5321 section 4.2.1). A refused sign-in
 * is 535 too, but it is the configuration that is wrong, and mending it lets the message through. The server's words
 * quote addresses: they stay out.
 */
function problemOf({ code, responseCode }: SmtpError): MailRejected | MailUnavailable {
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  const detail = `The mail server answered ${responseCode ?? code ?? 'nothing'}.`;
  const isFinal = isAboutMessage && responseCode !== undefined && responseCode >= 500;
  return isFinal ? new MailRejected(detail) : new MailUnavailable(detail);
}
