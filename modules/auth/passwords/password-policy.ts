import { InputInvalid } from '#libs/http';
import { isCommon, unitOf } from './common-passwords.js';

/** The owner of the password, as far as the request knows. */
export interface Person {
  email: string;
  name: string;
}

/** The least number of characters that remain of a password without its predictable parts. */
const leastUnforeseen = 8;

/**
 * The least number of different characters. NIST and ASVS require no kinds of characters, but `ababababababababab` has only
 * two.
 */
const leastDistinct = 5;

/** The least length of a word that gives something away. Shorter words occur in any sentence. */
const leastTelling = 4;

/** The words of this installation (ASVS 5.0 6.1.2). */
const ownWords = ['mainstay'];

/** Rows of keys along which people run a finger. Each is in one direction, and the other is checked as well. */
const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789012',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '!@#$%^&*()',
];
const runs = [...rows, ...rows.map((row) => Array.from(row).toReversed().join(''))];

/**
 * Throws unless a new password fulfils the rules beyond its length: NIST SP 800-63B-4 section 3.1.1.2 and ASVS 5.0 6.2.4,
 * 6.2.11 and 6.2.12. It expects NFKC and throws InputInvalid with a fault at `#/password`.
 */
export async function assertGoodPassword(password: string, person: Person): Promise<void> {
  const rule = await brokenRule(password, person);
  if (rule) throw new InputInvalid(undefined, { errors: [{ pointer: '#/password', ...rule }] });
}

const common = {
  code: 'password.common',
  detail: 'Is a password that attackers try first, or one of them in disguise.',
};
const predictable = {
  code: 'password.predictable',
  detail: 'Is mostly repetition, or a run along the alphabet or the keyboard.',
};
const personal = {
  code: 'password.personal',
  detail: 'Is easily guessed without your name, your address and the name of this product.',
};

async function brokenRule(password: string, person: Person) {
  if (await isCommon(password)) return common;
  if (isForeseeable(password)) return predictable;
  const rest = withoutTelling(password.toLowerCase(), person);
  return isForeseeable(rest) || (await isCommon(rest)) ? personal : undefined;
}

/** Returns the text without the owner's name and address. A sentence may contain them, but only the rest must be guessed. */
function withoutTelling(text: string, { email, name }: Person): string {
  const [mailbox = ''] = email.split('@');
  return [mailbox, bare(mailbox), ...name.split(/[^\p{L}\p{N}]+/u), ...ownWords]
    .map((word) => word.normalize('NFKC').toLowerCase())
    .filter((word) => Array.from(word).length >= leastTelling)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** Returns only the letters and digits. */
const bare = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');

function isForeseeable(password: string): boolean {
  const characters = Array.from(unitOf(password.toLowerCase()));
  if (new Set(characters).size < leastDistinct) return true;
  const foreseen = characters.filter((_, at) => at >= 2 && isRun(characters.slice(at - 2, at + 1)));
  return characters.length - foreseen.length < leastUnforeseen;
}

/** Returns whether three characters are a run. Two neighbours occur in every word. */
function isRun(three: string[]): boolean {
  return new Set(three).size === 1 || runs.some((run) => run.includes(three.join('')));
}
