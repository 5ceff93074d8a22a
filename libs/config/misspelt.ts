import { secretNames } from './config.js';
import { environment } from './environment.js';

const known = [...Object.keys(environment.shape), ...secretNames.map((name) => `${name}_FILE`)];

/**
 * Returns the variables of an environment that look like one of ours with a slip of the keyboard, each with the sentence to tell.
 * Nothing reads them, so that their setting would have no effect without a word.
 */
export function misspelt(env: NodeJS.ProcessEnv): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of Object.keys(env)) {
    const meant = known.includes(name) ? undefined : known.find((other) => isSlip(name.toUpperCase(), other));
    if (meant) found.set(name, `${name} is set, but nothing reads it; is ${meant} meant?`);
  }
  return found;
}

/** A longer name may have two slips. In a short one they would make another word, such as HOME of HOST. */
const isSlip = (name: string, meant: string) => distance(name, meant) <= (meant.length > 8 ? 2 : 1);

/** Returns how many letters were added, left out, replaced or exchanged with their neighbour (Damerau and Levenshtein). */
function distance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row += 1) {
    const above = rows[row - 1]!;
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isExchanged = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        above[column]! + 1,
        current[column - 1]! + 1,
        above[column - 1]! + (isSame ? 0 : 1),
        isExchanged ? rows[row - 2]![column - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    rows.push(current);
  }
  return rows.at(-1)!.at(-1)!;
}
