import fc from 'fast-check';
import type { Operation } from '../contract/document.js';
import { strangeToken, strangeTexts, valueOf } from './values.js';

/** A change of a JSON text that a client could make by mistake or on purpose. `at` counts the members of the text. */
type Change =
  | { how: 'replace' | 'duplicate' | 'add'; at: number; name: string; token: string }
  | { how: 'remove'; at: number }
  | { how: 'cut'; at: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    how: fc.constantFrom('replace' as const, 'replace' as const, 'duplicate' as const, 'add' as const),
    at: fc.nat(20),
    name: fc.constantFrom('extra', 'id', 'role', 'version', '__proto__', '', '\0', '\ud800', 'a/b~c'),
    token: strangeToken,
  }),
  fc.record({ how: fc.constant('remove' as const), at: fc.nat(20) }),
  fc.record({ how: fc.constant('cut' as const), at: fc.nat(200) }),
);

/** The body of a request to this operation as text; undefined for none. */
export function bodyOf({ body, method }: Operation): fc.Arbitrary<string | undefined> {
  const [type, content] = Object.entries(body)[0] ?? [];
  if (!content?.schema) {
    const none = fc.constant(undefined);
    if (method === 'GET') return none;
    return fc.oneof({ weight: 9, arbitrary: none }, fc.constantFrom('{}', 'null', '[]', '""'));
  }
  if (type === 'text/csv') return csv;
  const value = valueOf(content.schema);
  if (type === 'application/x-www-form-urlencoded') return value.map((fields) => formOf(fields as object));
  const usual = fc
    .tuple(value, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(change, { maxLength: 2 })))
    .map(([whole, changes]) => changed(JSON.stringify(whole), changes));
  return fc.oneof(
    { weight: 12, arbitrary: usual },
    strangeToken,
    fc.constantFrom('', ' ', '{', '\ufeff{}', undefined),
  );
}

const csv = fc.oneof(
  fc.constantFrom(
    'email,name,role\na@example.com,Ada,member\n',
    'email,name\n@fresh@@example.com,"A ""B"""\r\n',
    '\ufeffemail;name\n',
    'email,name,role\n"unclosed',
  ),
  fc.constantFrom(...strangeTexts).map((text) => `email,name,role\n${text},${text},member\n`),
  fc.constantFrom('', '\n', 'email', '\0'),
);

const formOf = (fields: object) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`)
    .join('&');

/** A member of a JSON text with what follows its colon. */
const member = /"(?:[^"\\]|\\.)*":(?:"(?:[^"\\]|\\.)*"|[^,}\]{[]+|\[\]|\{\})?/g;

function changed(text: string, changes: readonly Change[]): string {
  return changes.reduce((current, each) => {
    if (each.how === 'cut') return current.slice(0, each.at % (current.length + 1));
    const members = [...current.matchAll(member)];
    const found = members[each.at % (members.length || 1)];
    if (!found) return current;
    const [before, after] = [current.slice(0, found.index), current.slice(found.index + found[0].length)];
    if (each.how === 'remove') return before + after.replace(/^,/, '');
    const own = found[0].slice(0, found[0].indexOf(':', found[0].lastIndexOf('":')) + 1);
    if (each.how === 'replace') return `${before}${own}${each.token}${after}`;
    const name = each.how === 'add' ? `${JSON.stringify(each.name)}:` : own;
    return `${before}${name}${each.token},${found[0]}${after}`;
  }, text);
}
