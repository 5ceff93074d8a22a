import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import type { SchemaObject } from '@nestjs/swagger';
import { resolved } from '../contract/document.js';

/** Text that programs take for something else, that databases cannot store, or that is as long as it may be. */
export const strangeTexts = [
  '',
  ' ',
  'null',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e1',
  '1e400',
  '9007199254740993',
  'NaN',
  'true',
  '%00',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '\u202eabc',
  '\u2028',
  '\ufeff',
  'e\u0301',
  '\u1100\u1161\u11a8'.repeat(60),
  '😀'.repeat(101),
  'İıſß',
  'ｆｕｌｌ',
  '__proto__',
  'constructor',
  'toString',
  "';select pg_sleep(9)--",
  String.raw`\x27`,
  '../../etc/passwd',
  '//elsewhere.test',
  'http://elsewhere.test/',
  'javascript:alert(1)',
  '{}',
  '[]',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '0199C0DE-0000-7000-8000-000000000000',
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:60Z',
  '2026-01-01T00:00:00+14:00',
  '2026-01-01',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  'a@b.co',
  `${'a'.repeat(64)}@${'b'.repeat(60)}.example.com`,
  'a@xn--nxasmq6b.example',
  'ä@example.com',
  'x'.repeat(101),
  'x'.repeat(5000),
] as const;

/** JSON values as text, so that there is what no value of JavaScript has. */
const strangeTokens = [
  ...strangeTexts.map((text) => JSON.stringify(text)),
  'null',
  'true',
  'false',
  '0',
  '-0',
  '-1',
  '0.1',
  '1e400',
  '-1e400',
  '1e-400',
  '2147483647',
  '2147483648',
  '9223372036854775808',
  '9007199254740993',
  '123456789012345678901234567890',
  '[]',
  '{}',
  '[null]',
  '[[[]]]',
  '{"":""}',
  '{"__proto__":null}',
  String.raw`{"\u0000":1}`,
  String.raw`"\ud83d"`,
  `[${'1,'.repeat(1100)}1]`,
  `${'['.repeat(33)}${']'.repeat(33)}`,
];

export const strangeToken = fc.constantFrom(...strangeTokens);

const texts: Record<string, fc.Arbitrary<string>> = {
  email: fc.constantFrom('@user.email@', '@fresh@@example.com', '@admin.email@'),
  uuid: fc.constantFrom('@user@', '@job@', '@deadLetter@', '@nobody@', '@instance@'),
  'date-time': fc.constantFrom(
    '2026-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.1Z',
  ),
  password: fc.constantFrom('correct horse battery staple', 'another horse battery staple', '@fresh@@fresh@'),
  uri: fc.constantFrom('https://example.com/x'),
  base64url: fc.constantFrom('AAAA', 'eyJ9', 'A', ''),
};

const { publicKey } = generateKeyPairSync('ed25519');

/** Words that the fields of this name understand, besides any text. */
const known: Record<string, string[]> = {
  queue: ['mail', 'bulk', 'default', 'nothing'],
  name: ['users.export', 'A name', 'Ünï 😀', '姓名'],
  metric: ['http.server.request.duration', 'process.cpu.time', 'nothing'],
  by: ['route', 'nothing'],
  argument: ['format:csv', 'filter.status:active', ':', 'a:'],
  kty: ['RSA', 'EC', 'OKP'],
  crv: ['P-256', 'Ed25519'],
  alg: ['EdDSA', 'ES256', 'none'],
  grant_type: ['client_credentials'],
  client_assertion_type: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  client_assertion: ['a.b.c', 'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJFZERTQSJ9.e30.AAAA'],
  logout_token: ['a.b.c', 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'],
  x: [publicKey.export({ format: 'jwk' }).x!],
  kid: ['@fresh@'],
  token: ['@fresh@', 'A'.repeat(43)],
  reason: ['It has to be.'],
  return_to: ['/', '/x?y#z', '//elsewhere.test', '/\\elsewhere.test'],
  cursor: ['@cursor@', 'AAAA', 'A'.repeat(60)],
  provider: ['acme', 'nobody'],
};

function text(name: string, schema: SchemaObject): fc.Arbitrary<string> {
  const { format = '', minLength = 0, maxLength = 100 } = schema;
  const lengths = [minLength - 1, minLength, maxLength, maxLength + 1].filter((size) => size >= 0);
  return fc.oneof(
    { weight: 8, arbitrary: texts[format] ?? fc.constantFrom(...(known[name] ?? ['A fine text'])) },
    { weight: 1, arbitrary: fc.constantFrom(...lengths.map((size) => 'x'.repeat(size))) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 20) }) },
  );
}

/** Values that the schema allows, or almost: of lengths and sizes just outside of it. */
export function valueOf(reference: SchemaObject | { $ref: string }, name = ''): fc.Arbitrary<unknown> {
  const schema = resolved<SchemaObject>(reference);
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return fc.oneof(...options.map((option) => valueOf(option, name)));
  const { const: only } = schema as { const?: unknown };
  if (only !== undefined) return fc.constant(only);
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  const { minimum: from = -3, maximum: to = 100 } = schema;
  switch (schema.type) {
    case 'string':
      return text(name, schema);
    case 'integer':
      return fc.oneof(fc.integer({ min: from, max: to }), fc.constantFrom(from - 1, from, to, to + 1));
    case 'number':
      return fc.oneof(fc.double({ min: from, max: to, noNaN: true }), fc.constantFrom(from, to, to + 0.5));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(schema.items!, name), { minLength: schema.minItems ?? 0, maxLength: 3 });
    default:
      return objectOf(schema);
  }
}

function objectOf({ properties, required = [] }: SchemaObject): fc.Arbitrary<unknown> {
  if (!properties)
    return fc.dictionary(fc.constantFrom('format', 'filter', 'x'), fc.jsonValue({ maxDepth: 1 }));
  const members = Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name)]);
  return fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: required,
  });
}
