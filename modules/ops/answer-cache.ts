/** Answers that are kept; a console asks for fewer kinds. */
const maxKept = 100;

/** Gives an answer again for a moment: thirty consoles that ask for the same cost one look at the database. Failures are not kept. */
export class AnswerCache<T> {
  readonly #kept = new Map<string, { until: number; answer: Promise<T> }>();

  get(key: string, keptMs: number, ask: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept && kept.until > performance.now()) return kept.answer;
    this.#kept.delete(key);
    if (this.#kept.size >= maxKept) this.#kept.delete(this.#kept.keys().next().value!);
    const answer = ask();
    this.#kept.set(key, { until: performance.now() + keptMs, answer });
    answer.catch(() => this.#kept.delete(key));
    return answer;
  }
}
