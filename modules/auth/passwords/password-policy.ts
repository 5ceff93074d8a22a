import { InputInvalid } from '#libs/http';
import { isCommon, unitOf } from './common-passwords.js';

/** Whose password it is, as far as the request knows. */
export interface Person {
  email: string;
  name: string;
}

/** What is left of a password without what can be foreseen of it must have this many characters. */
const leastUnforeseen = 8;

/** Different characters; NIST and ASVS ask for none of any kind, but `ababababababababab` is two. */
const leastDistinct = 5;

/** Characters of a word that gives something away. Shorter ones occur in any sentence. */
const leastTelling = 4;

/** Words of this installation (ASVS 5.0 6.1.2). */
const ownWords = ['mainstay'];

/** Where people let a finger run: each in one direction, the other is looked for as well. */
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
 * What a chosen password must be beyond its length, whichever way it is set: NIST SP 800-63B-4 section 3.1.1.2 and
 * ASVS 5.0 6.2.4, 6.2.11 and 6.2.12. Expects NFKC. Throws InputInvalid with a fault at `#/password`.
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

/** A sentence may well have the own name in it: what counts is what there is to guess besides. */
function withoutTelling(text: string, { email, name }: Person): string {
  const [mailbox = ''] = email.split('@');
  return [mailbox, bare(mailbox), ...name.split(/[^\p{L}\p{N}]+/u), ...ownWords]
    .map((word) => word.normalize('NFKC').toLowerCase())
    .filter((word) => Array.from(word).length >= leastTelling)
    .reduce((rest, word) => rest.replaceAll(word, ''), text);
}

/** Only its letters and digits. */
const bare = (text: string) => text.replace(/[^\p{L}\p{N}]+/gu, '');

function isForeseeable(password: string): boolean {
  const characters = Array.from(unitOf(password.toLowerCase()));
  if (new Set(characters).size < leastDistinct) return true;
  const foreseen = characters.filter((_, at) => at >= 2 && isRun(characters.slice(at - 2, at + 1)));
  return characters.length - foreseen.length < leastUnforeseen;
}

/** Three characters in a row: two neighbours occur in every word. */
function isRun(three: string[]): boolean {
  return new Set(three).size === 1 || runs.some((run) => run.includes(three.join('')));
}
