import { IdempotencyKeyInvalid } from './problems.js';

/** The visible ASCII characters without the space (0x21–0x7e). */
const bare = /^[\x21-\x7e]{1,255}$/;

/**
 * Returns the key in the Idempotency-Key header, or undefined without one. The quoted form of the IETF draft
 * (draft-ietf-httpapi-idempotency-key-header-07, an RFC 9651 String) and the bare form name the same key.
 */
export function parseKey(rawHeaders: string[]): string | undefined {
  const values = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'idempotency-key',
  );
  if (values.length === 0) return undefined;
  const [value = ''] = values;
  const key = value.startsWith('"') ? unquote(value) : value;
  if (values.length > 1 || key === undefined || !bare.test(key)) throw new IdempotencyKeyInvalid();
  return key;
}

/** Returns the content of an RFC 9651 String, or undefined when its quotes or escapes are wrong. */
function unquote(value: string): string | undefined {
  const content = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value)?.[1];
  return content?.replaceAll(/\\(["\\])/g, '$1');
}
