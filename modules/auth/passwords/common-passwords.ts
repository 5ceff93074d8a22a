import { setImmediate as turn } from 'node:timers/promises';

/**
 * What attackers try first: 49,000 passwords of real breaches, kept by what is left of them without their decoration.
 * Of the list itself next to nothing is as long as ours must be; of what people make of it to get there, all is.
 */
let common: Promise<ReadonlySet<string>> | undefined;

/** Whether the password is one of the list, decorated, spelt with look-alikes or repeated until it was long enough. */
export async function isCommon(password: string): Promise<boolean> {
  const known = await (common ??= load());
  return [password, password.replace(leadingDecoration, '')].some((text) => known.has(reduced(text)));
}

/** Entries reduced at a time: a few milliseconds, in which the process does nothing else. */
const portion = 1000;

/** Read when the first password is chosen (10 MB of heap, 100 ms in portions): a process that sees none pays nothing. */
async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const list = dictionary['passwords-common'];
  const known = new Set<string>();
  for (let from = 0; from < list.length; from += portion) {
    for (const password of list.slice(from, from + portion)) known.add(reduced(password));
    await turn();
  }
  return known;
}

/** Shorter words are left decorated: "a1" must not forbid every password that ends in digits after an "a". */
const shortestWord = 4;

const leadingDecoration = /^[^\p{L}]+(?=\p{L}{4})/u;
const trailingDecoration = /[^\p{L}]+$/u;

/** Characters that stand for each other. Those that may stand for two letters bring both together. */
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

/** `passwordpassword1!`, `P4$$w0rd2026` and `p-a-s-s-w-o-r-d` are all `pasword`. */
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

/** What a text repeats from its beginning to its end, or the text itself. */
export function unitOf(text: string): string {
  // A text is a repetition exactly when it occurs in its own double before the end of the first.
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}
