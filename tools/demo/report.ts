/** Prints the steps of a story as they happen: whether each held, how long it took, and its figures. */
export class Report {
  #count = 0;

  /**
   * Runs one step. What `work` returns beside its figures is passed on; what it throws makes the step fail, and the
   * story ends there, because every step builds on those before it.
   */
  async step<T>(name: string, work: () => Promise<{ figures: string; value: T }>): Promise<T> {
    this.#count += 1;
    const startedAt = performance.now();
    const print = (outcome: string, text: string) => {
      const ms = Math.round(performance.now() - startedAt);
      const head = `${String(this.#count).padStart(2)}  ${outcome.padEnd(6)}  ${name.padEnd(34)} ${String(ms).padStart(6)} ms`;
      console.log(`${head}  ${text}`);
    };
    try {
      const { figures, value } = await work();
      print('held', figures);
      return value;
    } catch (error) {
      print('failed', error instanceof Error ? error.message : String(error));
      throw new StoryEnded();
    }
  }
}

/** A step has failed, and has said so. */
export class StoryEnded extends Error {
  override readonly name = 'StoryEnded';
}
