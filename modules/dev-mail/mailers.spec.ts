import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, Database } from '#libs/database';
import { type Mailer, MailRejected, type Message, SmtpMailer } from '#libs/mail';
import { type Arrival, createTestDatabase, SmtpSink } from '#libs/testing';
import { DevMailService } from './dev-mail.service.js';

const message: Message = { key: 'job-1', to: 'ann@example.com', subject: 'Welcome', text: 'Hello Ann' };

interface Mailbox {
  mailer: Mailer;
  /** Returns the arrivals in their order. `id` distinguishes a message from a repetition of it. */
  arrivals(): Promise<Omit<Arrival, 'headers'>[]>;
  close(): Promise<void>;
}

async function overSmtp(): Promise<Mailbox> {
  const sink = await SmtpSink.listen();
  const mailer = new SmtpMailer({ url: sink.url, from: 'no-reply@mainstay.example' });
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
    mailer: new DevMailService(db),
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
    // The pool connects with its first query, and there is none.
    const db = new Database(createPool('postgres://nobody@127.0.0.1/nothing', { role: 'tool', max: 1 }));
    const sending = db.transaction(() => mailbox.mailer.send(message), { onFirstQuery: () => {} });
    await expect(sending).rejects.toThrow('Mail inside a transaction: enqueue a job');
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
