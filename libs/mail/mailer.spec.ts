import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createPool, Database } from '#libs/database';
import { type Arrival, createTestDatabase, SmtpSink } from '#libs/testing';
import { DevMailbox } from './dev-mailbox.js';
import type { Mailer, Message } from './mailer.js';
import { MailRejected, MailUnavailable } from './problems.js';
import { SmtpMailer } from './smtp-mailer.js';

const from = 'Mainstay <no-reply@mainstay.example>';
const message: Message = { key: 'job-1', to: 'ann@example.com', subject: 'Welcome', text: 'Hello Ann' };

interface Mailbox {
  mailer: Mailer;
  /** In the order they arrived. `id` is what tells a message from a repetition of itself. */
  arrivals(): Promise<Omit<Arrival, 'headers'>[]>;
  close(): Promise<void>;
}

async function overSmtp(): Promise<Mailbox> {
  const sink = await SmtpSink.listen();
  const mailer = new SmtpMailer({ url: sink.url, from });
  return {
    mailer,
    arrivals: async () => sink.arrivals,
    close: async () => {
      mailer.onApplicationShutdown();
      await sink.close();
    },
  };
}

async function inDatabase(): Promise<Mailbox> {
  const database = await createTestDatabase();
  const db = new Database(createPool(database.url, { role: 'tool', max: 1 }));
  const arrivals = 'select key as id, array[to_address] as to, subject, text from dev_mails order by id';
  return {
    mailer: new DevMailbox(db),
    arrivals: async () => (await database.pool.query<Arrival>(arrivals)).rows,
    close: async () => {
      await db.pool.end();
      await database.drop();
    },
  };
}

describe.each([
  ['over SMTP', overSmtp],
  ['into the development mailbox', inDatabase],
])('mail %s', (_, open) => {
  let mailbox: Mailbox;
  beforeAll(async () => {
    mailbox = await open();
  });
  afterAll(() => mailbox.close());

  it('is refused inside a transaction', async () => {
    // Begins with its first query, and there is none.
    const db = new Database(createPool('postgres://nobody@127.0.0.1/nothing', { role: 'tool', max: 1 }));
    const sending = db.transaction(() => mailbox.mailer.send(message), { onFirstQuery: () => {} });
    await expect(sending).rejects.toThrow('Mail inside a transaction: promise a job');
    expect(await mailbox.arrivals()).toEqual([]);
  });

  it('arrives as it was written', async () => {
    const text =
      'Grüße,\nhier: https://example.com/verify#token=a.b-c_d\n.\nlong '.padEnd(2000, 'x') + '\n漢字 😀';
    await mailbox.mailer.send({ ...message, subject: 'Willkommen, Jürgen – 漢字 😀', text });
    expect((await mailbox.arrivals()).at(-1)).toMatchObject({
      to: ['ann@example.com'],
      subject: 'Willkommen, Jürgen – 漢字 😀',
      text,
    });
  });

  it('can be recognised when it is sent again', async () => {
    await mailbox.mailer.send({ ...message, key: 'job-2' });
    await mailbox.mailer.send({ ...message, key: 'job-3' });
    await mailbox.mailer.send({ ...message, key: 'job-2' });
    const ids = (await mailbox.arrivals()).map(({ id }) => id);
    expect(new Set(ids.filter((id) => /job-[23]/.test(id))).size).toBe(2);
  });

  it.each([
    '',
    'ann',
    'ann@example.com, bob@example.com',
    'Ann <ann@example.com>',
    'ann@example.com\r\nBcc: bob@example.com',
    'ann@example.com\nRCPT TO:<bob@example.com>',
    `${'a'.repeat(250)}@example.com`,
  ])('goes nowhere when the recipient is %j', async (to) => {
    const before = await mailbox.arrivals();
    await expect(mailbox.mailer.send({ ...message, key: 'job-4', to })).rejects.toThrow(MailRejected);
    expect(await mailbox.arrivals()).toEqual(before);
  });

  it.each(['Hi\r\nBcc: bob@example.com', 'Hi\nthere', 'Hi\u0000'])(
    'goes nowhere when the subject is %j',
    async (subject) => {
      await expect(mailbox.mailer.send({ ...message, subject })).rejects.toThrow(MailRejected);
    },
  );

  it('needs a key that is safe in a header', async () => {
    await expect(mailbox.mailer.send({ ...message, key: 'a>b' })).rejects.toThrow(/key/);
  });
});

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
