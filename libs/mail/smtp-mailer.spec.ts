import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { SmtpSink } from '#libs/testing';
import type { Message } from './mailer.js';
import { MailRejected, MailUnavailable } from './problems.js';
import { SmtpMailer } from './smtp-mailer.js';

const from = 'Mainstay <no-reply@mainstay.example>';
const message: Message = { key: 'job-1', to: 'ann@example.com', subject: 'Welcome', text: 'Hello Ann' };

describe('mail over SMTP', () => {
  let sink: SmtpSink;
  let mailer: SmtpMailer;
  const open = async (url?: (url: string) => string) => {
    sink = await SmtpSink.listen();
    mailer = new SmtpMailer({ url: url ? url(sink.url) : sink.url, from });
  };
  afterEach(async () => {
    mailer.onApplicationShutdown();
    await sink.close();
  });

  it('says who sends it, which message it is, and that no human wrote it', async () => {
    await open();
    await mailer.send(message);
    expect(sink.arrivals[0]?.headers).toMatchObject({
      from,
      to: 'ann@example.com',
      'message-id': '<job-1@mainstay.example>',
      'auto-submitted': 'auto-generated',
    });
  });

  it.each(['RCPT', 'DATA'] as const)('is rejected for good by a 5yz reply to %s', async (command) => {
    await open();
    sink.refuse(command, 550);
    const failure = mailer.send(message);
    await expect(failure).rejects.toThrow(MailRejected);
    await expect(failure).rejects.toThrow(/550/);
    await expect(failure).rejects.not.toThrow(/ann@example/);
  });

  it.each(['RCPT', 'DATA'] as const)('may be tried again after a 4yz reply to %s', async (command) => {
    await open();
    sink.refuse(command, 451);
    await expect(mailer.send(message)).rejects.toThrow(MailUnavailable);
    sink.accept();
    await mailer.send(message);
    expect(sink.arrivals).toHaveLength(1);
  });

  it('may be tried again when the sign-in is refused: that is a matter of configuration', async () => {
    await open((url) => url.replace('smtp://', 'smtp://user:wrong@'));
    await expect(mailer.send(message)).rejects.toThrow(MailUnavailable);
  });

  it('may be tried again when there is no server, and gets through when it is back', async () => {
    await open();
    await sink.close();
    await expect(mailer.send(message)).rejects.toThrow(MailUnavailable);
    sink = await SmtpSink.listen(sink.port);
    await mailer.send(message);
    expect(sink.arrivals).toHaveLength(1);
  });

  it('may be tried again when the server says nothing for 5 seconds', async () => {
    await open();
    const silent = createServer((socket) => socket.unref()).unref();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const waiting = new SmtpMailer({ url: `smtp://127.0.0.1:${port}`, from });
      let isOver = false;
      const sent = waiting.send(message).finally(() => (isOver = true));
      await once(silent, 'connection');
      await jest.advanceTimersByTimeAsync(4900);
      expect(isOver).toBe(false);
      jest.advanceTimersByTime(100);
      await expect(sent).rejects.toThrow(MailUnavailable);
      waiting.onApplicationShutdown();
    } finally {
      jest.useRealTimers();
    }
  });

  it('keeps its connection between messages and gives it back at shutdown', async () => {
    await open();
    await mailer.send(message);
    await mailer.send({ ...message, key: 'job-2' });
    expect(sink.connectionsSeen).toBe(1);
    mailer.onApplicationShutdown();
    await sink.disconnected();
  });
});
