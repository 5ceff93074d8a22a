import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, NeedsSession } from '#libs/database';
import { endProcess } from '../worker/end-process.js';
import { outboxChannel } from '../outbox/outbox-notifier.js';

/** Milliseconds from a broken connection to the next one; the relay polls meanwhile. */
const reconnectAfter = 1000;

/** Calls `onNotify` at each notification of the outbox, on one connection after another, until `signal` aborts. */
export async function listenForOutbox(
  pool: Database['pool'],
  onNotify: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(pool, onNotify, signal);
    } catch (error) {
      if (error instanceof NeedsSession) return endProcess(error.message);
      await sleep(reconnectAfter, undefined, { signal }).catch(() => {});
    }
  }
}

async function listenOnce(pool: Database['pool'], onNotify: () => void, signal: AbortSignal): Promise<void> {
  const client = await pool.connect();
  try {
    client.on('notification', onNotify);
    await client.query(`LISTEN ${outboxChannel}`);
    // There may have been notifications while nobody listened.
    onNotify();
    await once(client, 'end', { signal });
  } finally {
    client.release(true);
  }
}
