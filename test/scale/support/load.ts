import { setTimeout as sleep } from 'node:timers/promises';

export interface Sample<T> {
  answer: T;
  /** performance.now() of the moment at which the request was due. */
  at: number;
  milliseconds: number;
}

/**
 * Sends requests at a steady rate until `signal` aborts, whether or not earlier ones were answered, and times each from the
 * moment at which it was due: a server that stands still is charged for all that it keeps waiting.
 */
export async function steadyLoad<T>(
  request: () => Promise<T>,
  { perSecond, signal }: { perSecond: number; signal: AbortSignal },
): Promise<Sample<T>[]> {
  const samples: Promise<Sample<T>>[] = [];
  const start = performance.now();
  while (!signal.aborted) {
    const at = start + (samples.length * 1000) / perSecond;
    const early = at - performance.now();
    if (early > 1) await sleep(early);
    samples.push(request().then((answer) => ({ answer, at, milliseconds: performance.now() - at })));
  }
  return Promise.all(samples);
}
