import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds between two questions, and for one answer. */
const pollEveryMs = 100;
const answerMs = 2000;

const limits = {
  /** Milliseconds between two lines that say what is waited for. */
  saysEveryMs: 10_000,
  /** Milliseconds in which a process that works would have said something, on the slowest machine too. */
  hangsAfterMs: 300_000,
};

interface Awaited {
  name: string;
  url: string;
  /** Returns a number that changes as long as the process does something. */
  progress: () => number;
  /** Gets a line about what is waited for. */
  say: (line: string) => void;
}

/**
 * Settles when `<url>/health/ready` answers 200, however long that takes, and says from time to time what it waits for. Throws
 * when nothing has changed for minutes; `signal` ends it earlier.
 */
export async function waitUntilReady(
  app: Awaited,
  signal: AbortSignal,
  { saysEveryMs, hangsAfterMs } = limits,
): Promise<void> {
  const startedAt = Date.now();
  let saidAt = startedAt;
  let changedAt = startedAt;
  let last = '';
  for (;;) {
    const answer = await ask(`${app.url}/health/ready`);
    signal.throwIfAborted();
    if (answer === '200') return;
    const state = `${answer} ${app.progress()}`;
    if (state !== last) changedAt = Date.now();
    last = state;
    if (Date.now() - changedAt > hangsAfterMs) {
      throw new Error(
        `The ${app.name} does nothing any more: ${meaningOf(answer, app.url)} and it has said nothing for ${hangsAfterMs / 60_000} minutes. ` +
          'Its log stands above; npm run doctor looks at the machine.',
      );
    }
    if (Date.now() - saidAt >= saysEveryMs) {
      saidAt = Date.now();
      const seconds = Math.round((saidAt - startedAt) / 1000);
      app.say(`waiting for the ${app.name} for ${seconds} s: ${meaningOf(answer, app.url)}`);
    }
    await delay(pollEveryMs, undefined, { signal });
  }
}

function meaningOf(answer: string, url: string): string {
  if (answer === 'ECONNREFUSED') return `it is starting, nothing listens at ${url} yet`;
  if (answer === '503') return `it runs, but ${url}/health/ready says that it is not ready (503)`;
  return `${url}/health/ready answers ${answer}`;
}

async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
    await response.body?.cancel();
    return String(response.status);
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } };
    return name === 'TimeoutError' ? 'nothing' : (cause?.code ?? name);
  }
}
