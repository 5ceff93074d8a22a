import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds; a start on a slow machine takes a few seconds. */
const PATIENCE_MS = 60_000;
const POLL_MS = 100;
const ANSWER_MS = 2000;

/** Settles when `<url>/health/ready` answers 200. Throws with the last answer when it takes too long. */
export async function waitUntilReady(name: string, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask(`${url}/health/ready`);
    signal.throwIfAborted();
    if (answer === '200') return;
    if (Date.now() > deadline) {
      throw new Error(
        `The ${name} did not become ready within ${PATIENCE_MS / 1000} s (last answer from ${url}/health/ready: ${answer}). ` +
          'Its log stands above; npm run doctor looks at the machine.',
      );
    }
    await delay(POLL_MS, undefined, { signal });
  }
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return String(response.status);
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? message;
  }
}
