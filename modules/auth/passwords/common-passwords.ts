import { setImmediate as turn } from 'node:timers/promises';

/**
 * The passwords that attackers try first: 49,000 of real breaches, reduced to what remains without their decoration. Almost
 * no entry of the list itself is as long as a password must be here; all decorated forms are.
 */
let common: Promise<ReadonlySet<string>> | undefined;

/** Returns whether the password is one of the list, decorated, spelt with look-alikes, or repeated until it was long enough. */
export async function isCommon(password: string): Promise<boolean> {
  const known = await (common ??= load());
  return [password, password.replace(leadingDecoration, '')].some((text) => known.has(reduced(text)));
}

/** The number of entries that are reduced at a time. It takes a few milliseconds, in which the process does nothing else. */
const portion = 1000;

/**
 * Reads the list when a user chooses the first password (10 MB of heap, 100 ms in portions), so a process without one pays
 * nothing.
 */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('./breached-passwords.js');
  const list = dictionary['passwords-common'];
  const known = new Set<string>();
  for (let from = 0; from < list.length; from += portion) {
    for (const password of list.slice(from, from + portion)) known.add(reduced(password));
    await turn();
  }
  return known;
}

/** The least length of a word without decoration: "a1" must not forbid every password that ends in digits after an "a". */
const shortestWord = 4;

const leadingDecoration = /^[^\p{L}]+(?=\p{L}{4})/u;
const trailingDecoration = /[^\p{L}]+$/u;

/** Characters that stand for each other. A character that may stand for two letters maps both to the same one. */
const lookAlikes: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  l: 'i',
  '!': 'i',
  '|': 'i',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '7': 't',
  '+': 't',
  '8': 'b',
  '9': 'g',
};

/** Reduces a password to its base: `passwordpassword1!`, `P4$$w0rd2026` and `p-a-s-s-w-o-r-d` all become `pasword`. */
function reduced(password: string): string {
  const once = unitOf(password.toLowerCase());
  const bare = once.replace(trailingDecoration, '');
  const word = bare.length < shortestWord ? once : bare;
  const letters = Array.from(word, (character) => lookAlikes[character] ?? character)
    .join('')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .replace(/(.)\1+/gu, '$1');
  return unitOf(letters);
}

/** Returns the unit that a text repeats from beginning to end, or the text itself. */
export function unitOf(text: string): string {
  // A text is a repetition exactly when it occurs in its double before the end of the first copy.
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}
