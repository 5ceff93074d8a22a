/** Stands in place of a secret. */
export const redacted = '[redacted]';

/** Names of fields whose values no operator needs to read, wherever they stand in a payload. */
const secretName =
  /pass(word|wd|phrase|code)?$|token|secret|credential|authorization|cookie|api_?key|private_?key|\botp\b/i;

export const isSecret = (field: string) => secretName.test(field);

type Json = unknown;

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy in which the value of every field that is named like a secret is replaced. */
export function redact(value: Json): Json {
  if (Array.isArray(value)) return value.map(redact);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, isSecret(key) ? redacted : redact(item)]),
  );
}

/**
 * JSON Merge Patch (RFC 7396 section 2), except that `[redacted]` for a secret keeps it: so an operator can send back what
 * they read with one field changed.
 */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== redacted || !isSecret(key)) merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
