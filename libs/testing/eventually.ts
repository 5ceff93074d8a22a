import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two calls. */
const pause = 25;

/** Milliseconds after which a test counts as hung: far longer than anything takes on the slowest machine. */
const hangs = 180_000;

/** Waits until `look` returns a value (not undefined, null or false), and returns it. Tests do not judge how long it takes. */
export async function eventually<T>(
  look: () => Promise<T | undefined | null | false>,
  { what = 'it' } = {},
): Promise<T> {
  for (const start = performance.now(); ; await sleep(pause)) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() - start > hangs)
      throw new Error(`Waited ${hangs / 60_000} minutes, and ${what} did not happen.`);
  }
}
