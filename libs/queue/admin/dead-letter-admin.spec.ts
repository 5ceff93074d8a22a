import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { FileStore } from '#libs/files';
import { DeadLetterStore } from '../operations/dead-letter-store.js';
import { OperationStore } from '../operations/operation-store.js';
import { JobFailed } from '../outbox/job-problems.js';
import type { Message } from '../outbox/message.js';
import { OutboxNotifier } from '../outbox/outbox-notifier.js';
import { deadLetters } from '../queue.schema.js';
import { record } from '../testing/sample-jobs.js';
import { TestEnvironment } from '../testing/test-environment.js';
import { DeadLetterAdmin } from './dead-letter-admin.js';

describe('a dead letter', () => {
  let env: TestEnvironment;
  let store: DeadLetterStore;
  let admin: DeadLetterAdmin;

  beforeAll(async () => {
    env = await TestEnvironment.create('postgres');
    store = new DeadLetterStore(env.db, env.config, new OperationStore(env.db, new FileStore(env.db)));
    admin = new DeadLetterAdmin(env.db, new OutboxNotifier(env.db));
  });
  afterAll(() => env.close());

  async function addDeadLetter(): Promise<Message> {
    const id = randomUUID();
    const headers = { enqueued_at: new Date().toISOString() };
    const job = { queue: 'default', name: record.name, version: 1, payload: { label: 'a' }, attempts: 1 };
    const message = { ...job, id, originId: id, headers };
    await store.moveToDeadLetters(message, new JobFailed());
    return message;
  }

  const redrive = ({ id }: Message) => env.db.transaction(() => admin.redrive(eq(deadLetters.id, id), 1));

  it('does not come back when its message is found once more after it was discarded', async () => {
    const message = await addDeadLetter();
    const discarded = await env.db.transaction(() => admin.discard(message.id, undefined));
    expect(discarded).toMatchObject({ id: message.id, name: record.name });
    await store.moveToDeadLetters(message, new JobFailed());
    expect(await env.count('dead_letters', message.id)).toBe(0);
    expect(await redrive(message)).toEqual({ redriven: 0, skipped: 0 });
  });

  it('is enqueued once when it is redriven, and does not come back', async () => {
    const message = await addDeadLetter();
    expect(await redrive(message)).toEqual({ redriven: 1, skipped: 0 });
    await store.moveToDeadLetters(message, new JobFailed());
    expect(await redrive(message)).toEqual({ redriven: 0, skipped: 0 });
    const waiting = await env.rows(`select headers->>'redriven_from' as first from outbox`);
    expect(waiting).toEqual([{ first: message.id }]);
  });

  it('is left alone when the condition of its change does not hold', async () => {
    const { id, name } = await addDeadLetter();
    const isOther = eq(deadLetters.version, 7);
    await env.db.transaction(async () => {
      expect(await admin.edit(id, name, { version: 1, payload: { label: 'b' } }, isOther)).toBe(false);
      expect(await admin.discard(id, isOther)).toBeUndefined();
    });
    expect(await env.rows('select payload from dead_letters where id = $1', [id])).toEqual([
      { payload: { label: 'a' } },
    ]);
  });
});
