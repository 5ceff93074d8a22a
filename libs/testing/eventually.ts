import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two calls. */
const pause = 25;

/** Waits until `look` returns a value (not undefined, null or false), and returns it. Throws after `withinMs`. */
export async function eventually<T>(
  look: () => Promise<T | undefined | null | false>,
  { withinMs = 10_000, what = 'it' } = {},
): Promise<T> {
  for (const start = performance.now(); ; await sleep(pause)) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() - start > withinMs)
      throw new Error(`Waited ${withinMs} ms, and ${what} did not happen.`);
  }
}
