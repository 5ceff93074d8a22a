/** Characters. The text of a bulk insert is long, and repeats itself after its beginning. */
const maxLength = 2000;

/** Returns SQL without literals: the statements that travel with BEGIN and COMMIT have their values in the text. */
export function withoutLiterals(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'/g, '?').slice(0, maxLength);
}
