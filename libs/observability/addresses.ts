/** A local part of at most 64 characters (RFC 5321 section 4.5.3.1.1) and a domain with a dot. */
const address = /[^\s"'<>()[\]{}@,;:\\/=]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;

/**
 * Returns a line of JSON without e-mail addresses. It is the last safeguard, for messages of libraries that quote addresses.
 * A line without an `@` costs one scan.
 */
export function withoutAddresses(line: string): string {
  if (!line.includes('@')) return line;
  return line.replace(
    address,
    (match: string, offset: number) => escapeTail(line, match, offset) + '[email]',
  );
}

/** Returns the start of a match that belongs to an escape, as the n in `\nann@example.com`, so that the line stays valid JSON. */
function escapeTail(line: string, match: string, offset: number): string {
  let backslashes = 0;
  while (line[offset - 1 - backslashes] === '\\') backslashes += 1;
  if (backslashes % 2 === 0) return '';
  return match.startsWith('u') ? match.slice(0, 5) : match.slice(0, 1);
}
