/** 64 KiB: a job carries ids; bytes belong in libs/files. */
export const maxPayloadBytes = 64 * 1024;

/**
 * NUL and lone surrogates, as JSON.stringify writes them (it escapes nothing else of the surrogate range).
 * Postgres stores neither in jsonb. The even number of backslashes before tells them from quoted text.
 */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/** The payload as JSON text. Throws when Postgres cannot store it: the caller is wrong then, not its input. */
export function payloadText(name: string, payload: unknown): string {
  const text = JSON.stringify(payload);
  if (text.search(unstorable) >= 0)
    throw new Error(`The payload of ${name} contains NUL or a lone surrogate.`);
  if (Buffer.byteLength(text) > maxPayloadBytes)
    throw new Error(`The payload of ${name} is over 64 KiB; pass an id.`);
  return text;
}

/** JSON text in which what Postgres cannot store is replaced by U+FFFD: for text that came from outside. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value ?? null).replace(unstorable, '$1\\ufffd');
}
