/** Answers that are kept; a console asks for fewer kinds. */
const maxKept = 100;

/** Gives an answer again for a moment: thirty consoles that ask for the same cost one look at the database. Failures are not kept. */
export class AnswerCache<T> {
  readonly #kept = new Map<string, Promise<T>>();

  get(key: string, keptMs: number, ask: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value!);
    const answer = ask();
    this.#kept.set(key, answer);
    // Those of a month take megabytes, which nobody may ever ask for again.
    const forget = () => this.#kept.get(key) === answer && this.#kept.delete(key);
    setTimeout(forget, keptMs).unref();
    answer.catch(forget);
    return answer;
  }
}
