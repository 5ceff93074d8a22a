import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { describeError } from '#libs/observability';

/** Milliseconds from a round that failed to the next one. */
const retryAfter = 1000;

/**
 * Does one piece of work again and again, one round at a time. A round gets a signal that aborts at {@link stop}, and resolves to
 * the milliseconds until the next round; `Infinity` leaves the next round to {@link wake}.
 *
 * A round that rejects is tried again after a second, and {@link wake} does not shorten that second: what is broken is not
 * asked more often because more work waits for it. The log has one line when rounds begin to fail and one when they succeed again.
 */
export class PeriodicTask {
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #rounds: Promise<void> = Promise.resolve();
  #isWoken = false;
  #isFailing = false;
  #endPause: (() => void) | undefined;

  /** `name` is the context of the two log lines. */
  constructor(
    name: string,
    private readonly run: (signal: AbortSignal) => Promise<number>,
  ) {
    this.#log = new Logger(name);
  }

  /** The first round begins at once. A task is started once. */
  start(): void {
    this.#rounds = this.#repeat(this.#stopping.signal);
  }

  /** Ends the pause between two rounds. During a round it makes the next round follow at once. */
  wake(): void {
    this.#isWoken = true;
    this.#endPause?.();
  }

  /** Aborts the signal, and resolves when the round under way is over. No round begins after that. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#endPause?.();
    await this.#rounds;
  }

  async #repeat(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#isWoken = false;
        const delayMs = await this.run(signal);
        this.#succeeded();
        if (!signal.aborted) await this.#pause(delayMs);
      } catch (error) {
        // A round that is stopped may reject with the abortion.
        if (signal.aborted) return;
        this.#failed(error);
        await sleep(retryAfter, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #pause(delayMs: number): Promise<void> {
    // Also without a pause, the rest of the process gets its turn.
    if (this.#isWoken || delayMs <= 0) return setImmediate();
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(delayMs) ? setTimeout(resolve, delayMs) : undefined;
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#log.warn(`fails, and is tried again every ${retryAfter} ms: ${describeError(error)}`);
  }

  #succeeded(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#log.log('works again');
  }
}
