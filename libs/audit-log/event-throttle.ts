/** Events of one source a minute: enough to see an attack, and what it tries. */
const perSource = 10;

/** Events of all sources a minute, of one process: some 400,000 rows on the worst day. */
const perProcess = 300;

const minuteMs = 60_000;

/** How many refusals may be written. In memory: it protects the size of a table, and no decision depends on it. */
export class EventThrottle {
  #minute = -1;
  #total = 0;
  #missed = 0;
  readonly #bySource = new Map<string, number>();

  /** Nothing when there are enough of this minute; else how many were left out since the last one that was not. */
  take(source: string, now = performance.now()): { missed: number } | undefined {
    this.#turn(Math.floor(now / minuteMs));
    const taken = this.#bySource.get(source) ?? 0;
    if (taken >= perSource || this.#total >= perProcess) {
      this.#missed += 1;
      return undefined;
    }
    // At most `perProcess` sources are remembered, as each one here took at least one.
    this.#bySource.set(source, taken + 1);
    this.#total += 1;
    const missed = this.#missed;
    this.#missed = 0;
    return { missed };
  }

  #turn(minute: number): void {
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#total = 0;
    this.#bySource.clear();
  }
}
