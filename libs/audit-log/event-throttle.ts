/** Events of one source in a minute: enough to see an attack and its aim. */
const perSource = 10;

/** Events of all sources in a minute and process: about 400,000 rows on the worst day. */
const perProcess = 300;

const minuteMs = 60_000;

/** Limits how many refusals are written. It counts in memory: it only bounds a table, and no decision depends on it. */
export class EventThrottle {
  #minute = -1;
  #total = 0;
  #missed = 0;
  readonly #bySource = new Map<string, number>();

  /** Returns undefined when this minute has enough events, or else the number of events left out since the last grant. */
  take(source: string, now = performance.now()): { missed: number } | undefined {
    this.#startMinute(Math.floor(now / minuteMs));
    const taken = this.#bySource.get(source) ?? 0;
    if (taken >= perSource || this.#total >= perProcess) {
      this.#missed += 1;
      return undefined;
    }
    // The map has at most `perProcess` sources, because each of them took at least one event.
    this.#bySource.set(source, taken + 1);
    this.#total += 1;
    const missed = this.#missed;
    this.#missed = 0;
    return { missed };
  }

  #startMinute(minute: number): void {
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#total = 0;
    this.#bySource.clear();
  }
}
