/**
 * The full stop of Chinese and Japanese, which browsers read as the dot of a domain name (UTS #46) and NFKC leaves alone. Only
 * in front of Latin letters and digits is it more likely a dot than the end of a sentence.
 */
const ideographicDot = /\u3002(?=[a-z0-9])/gi;

/** Characters that a reader does not see, and that some programs drop before they look for links. */
const ignorable = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/**
 * Returns whether a mail program could make a link of a part of this text: an address of a page or a mailbox, or a domain
 * name. It looks at the text as such a program may normalise it, so other forms of dots, slashes and letters do not help. It
 * also finds links where a space is missing after a full stop.
 */
export function hasLink(text: string): boolean {
  const plain = text.normalize('NFKC').replaceAll(ignorable, '').replaceAll(ideographicDot, '.');
  return /\/\/|\\\\|@|\S\.[\p{L}\p{N}]{2,}/u.test(plain);
}
