import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks. */
const pause = 25;

/** Milliseconds after which what did not happen never will: far more than the slowest machine takes for any of it. */
const hangs = 180_000;

/** Waits until the look finds something (not undefined, null or false), and returns it. How long that takes is not judged. */
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
