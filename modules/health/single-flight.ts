/** Milliseconds an answer holds: several probes a second learn nothing from several questions. */
const holdsMs = 1000;

/** One question under way at a time, and its answer for everybody who asks within a second. */
export class SingleFlight<T> {
  #answer: Promise<T> | undefined;

  constructor(private readonly ask: () => Promise<T>) {}

  get(): Promise<T> {
    if (!this.#answer) {
      this.#answer = this.ask();
      const forget = () => setTimeout(() => (this.#answer = undefined), holdsMs).unref();
      this.#answer.then(forget, forget);
    }
    return this.#answer;
  }
}
