import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { killChildren } from './children.js';

/** Milliseconds that a part which was cut gets to close what it has open. */
const closesWithin = 5000;

export interface PartOptions {
  name: string;
  /** Milliseconds after which it is cut, whatever it waits for. */
  limitMs: number;
  /** Ends the whole run. */
  signal: AbortSignal;
  log: (line: string) => void;
}

/**
 * Runs one part of the benchmark and returns whether it came to its end. One that fails or takes too long is told and left: what
 * it measured before that stays, and the next part may run.
 */
export async function runPart(
  { name, limitMs, signal, log }: PartOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  if (signal.aborted) {
    log(`${name}: was not begun`);
    return false;
  }
  const limit = AbortSignal.timeout(limitMs);
  const either = AbortSignal.any([signal, limit]);
  const working = work(either);
  const cut = once(either, 'abort').then(() => {
    throw new Error(limit.aborted ? `was cut after ${limitMs / 1000} s` : reasonOf(signal));
  });
  try {
    await Promise.race([working, cut]);
    return true;
  } catch (error) {
    log(`${name}: ${(error as Error).message}`);
    killChildren();
    const closing = new AbortController();
    await Promise.race([
      working.catch(() => {}),
      delay(closesWithin, undefined, { signal: closing.signal }).catch(() => {}),
    ]);
    closing.abort();
    return false;
  }
}

function reasonOf({ reason }: AbortSignal): string {
  const { name, message } = reason as Error;
  return name === 'TimeoutError' ? 'was cut, because the time of the whole run is over' : message;
}
