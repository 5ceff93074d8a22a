/** Milliseconds for which an answer is reused: several probes a second learn nothing from several queries. */
const lifetimeMs = 1000;

/** Shares one running query, and its answer for a second, among all callers. */
export class SingleFlight<T> {
  #answer: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  get(): Promise<T> {
    if (!this.#answer) {
      this.#answer = this.ask();
      const forget = () => setTimeout(() => (this.#answer = undefined), lifetimeMs).unref();
      this.#answer.then(forget, forget);
    }
    return this.#answer;
  }
}
