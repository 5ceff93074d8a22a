/**
 * Milliseconds after a start for which the words of the death before are held back. A process that lives longer may well say them
 * again for another reason.
 */
const heldForMs = 10_000;

/**
 * The lines with which a process may end: what it logs as an error, and what it writes to stderr. When it dies soon after a start
 * with the words of its last death, nobody needs to read them twice.
 */
export class LastWords {
  /** What was said before the last death, and since the last start. */
  #before = new Set<string>();
  #now = new Set<string>();
  #held: string[] = [];
  #release: NodeJS.Timeout | undefined;

  constructor(private readonly show: (line: string) => void) {}

  /** A process was started. */
  begin(): void {
    this.#now = new Set();
    this.#release = setTimeout(() => {
      this.#before.clear();
      this.#showHeld();
    }, heldForMs);
    this.#release.unref();
  }

  say(line: string, { isError }: { isError: boolean }): void {
    const words = lastWordsIn(line, isError);
    if (words !== undefined) this.#now.add(words);
    if (words !== undefined && this.#before.has(words)) this.#held.push(line);
    else this.show(line);
  }

  /** The process has ended. Returns whether it said nothing but the words of its last death. */
  end({ isDeath }: { isDeath: boolean }): boolean {
    clearTimeout(this.#release);
    if (!isDeath) this.#showHeld();
    const isRepeated = this.#held.length > 0 && [...this.#now].every((words) => this.#before.has(words));
    this.#held = [];
    this.#before = isDeath ? this.#now : new Set();
    return isRepeated;
  }

  #showHeld(): void {
    this.#held.splice(0).forEach((line) => this.show(line));
  }
}

/** Returns what a line says apart from its time and ids, or undefined when it is no cause of a death. */
function lastWordsIn(line: string, isError: boolean): string | undefined {
  if (!line.startsWith('{')) return isError ? line : undefined;
  try {
    const { level, msg, err } = JSON.parse(line) as Record<string, unknown>;
    return level === 'fatal' || level === 'error' ? JSON.stringify([msg, err]) : undefined;
  } catch {
    return isError ? line : undefined;
  }
}
