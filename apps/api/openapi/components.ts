import type { ComponentsObject, HeaderObject, SchemaObject } from '@nestjs/swagger';
import { type Kind, statusOf } from '#libs/problem';

/** Parts of the description that many operations point to. */

const text = { type: 'string' } as const;

const problem: SchemaObject = {
  type: 'object',
  description: 'Why a request was not done (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: { ...text, format: 'uri', description: 'A page that explains this code.' },
    title: { ...text, description: 'The same for every occurrence of the code.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { ...text, description: 'What can be done about it.' },
    instance: { ...text, description: 'Path of the request.' },
    code: { ...text, description: 'Stable; programs decide by it.', examples: ['http.invalid-input'] },
    request_id: { ...text, description: 'Also in the header X-Request-Id; the log has it.' },
    trace_id: text,
    error: { ...text, description: 'At the token endpoint alone: the error code of RFC 6749 section 5.2.' },
    error_description: { ...text, description: 'At the token endpoint alone: the same as `detail`.' },
    errors: {
      type: 'array',
      maxItems: 50,
      description: 'What is wrong with the input, when it is the input.',
      items: { $ref: '#/components/schemas/Fault' },
    },
  },
};

const fault: SchemaObject = {
  type: 'object',
  description:
    'One thing wrong with the input: where (one of pointer, parameter, header), and which rule it breaks.',
  required: ['code', 'detail'],
  properties: {
    pointer: {
      ...text,
      description: 'Into the body: a JSON Pointer as URI fragment (RFC 6901 section 6).',
      examples: ['#/items/0/qty'],
    },
    parameter: { ...text, description: 'Of path or query.' },
    header: text,
    code: { ...text, examples: ['required', 'too_small'] },
    detail: text,
  },
};

const key = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { ...text, minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
} as const;

const keyMeaning =
  'A random value for this request, the same one when the request is repeated: it then takes effect once, and its answer is kept for 24 hours.';

const headers: Record<string, HeaderObject> = {
  ETag: { schema: text, description: 'The version of the resource, for If-Match and If-None-Match.' },
  Location: { schema: text, description: 'Path of what was created, or of the operation that was accepted.' },
  Link: { schema: text, description: 'The next page as rel="next" (RFC 8288), when there is one.' },
  IdempotencyReplayed: {
    schema: { ...text, enum: ['true'] },
    description: 'The stored answer of the first request with this Idempotency-Key.',
  },
  RateLimit: {
    schema: text,
    description: 'Requests that are left (r) and seconds until there are more (t).',
    example: '"default";r=42;t=18',
  },
  RateLimitPolicy: {
    schema: text,
    description: 'The quota (q) and its window in seconds (w).',
    example: '"default";q=600;w=60',
  },
  RetryAfter: { schema: { type: 'integer', minimum: 1 }, description: 'Seconds to wait before another try.' },
};

/** The failures of the request pipeline, in words; those of one feature alone come under `default`. */
const failures = {
  malformed: 'The request is malformed: JSON, a header or a cursor.',
  unauthenticated: 'Nobody is signed in.',
  forbidden: 'Who is signed in may not do this, or the request comes from another site.',
  'not-found': 'It does not exist, or the caller may not know that it does.',
  conflict: 'The state of things does not allow it, or the same request is being worked on.',
  'precondition-failed': 'The resource has changed since the version in If-Match.',
  'too-large': 'The body is too large.',
  'unsupported-media': 'The media type of the body is not supported.',
  invalid: 'The input breaks a rule; `errors` says which and where.',
  'precondition-required': 'If-Match is missing.',
  limited: 'Too many requests.',
  unavailable: 'The service cannot answer at the moment. Nothing was changed.',
} satisfies Partial<Record<Kind, string>>;

export type Failure = keyof typeof failures;

const mayRetry = new Set<Failure>(['conflict', 'limited', 'unavailable']);

const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

const responseName = (failure: Failure) =>
  failure.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The entry of an operation's responses for a failure: its status, and a reference. */
export function failureResponse(failure: Failure): [string, { $ref: string }] {
  return [String(statusOf[failure]), { $ref: `#/components/responses/${responseName(failure)}` }];
}

/** With every answer of a route that counts towards a quota. */
export const limitHeaders = {
  RateLimit: headerRef('RateLimit'),
  'RateLimit-Policy': headerRef('RateLimitPolicy'),
};

function headersOf(failure: Failure) {
  if (!mayRetry.has(failure)) return {};
  const retry = { 'Retry-After': headerRef('RetryAfter') };
  return { headers: failure === 'limited' ? { ...retry, ...limitHeaders } : retry };
}

const failureResponses = (Object.keys(failures) as Failure[]).map((failure) => [
  responseName(failure),
  {
    description: failures[failure],
    ...headersOf(failure),
    content: problemContent,
  },
]);

export function headerRef(name: string): { $ref: string } {
  return { $ref: `#/components/headers/${name}` };
}

export function parameterRef(name: string): { $ref: string } {
  return { $ref: `#/components/parameters/${name}` };
}

export const sharedComponents: ComponentsObject = {
  schemas: { Problem: problem, Fault: fault },
  parameters: {
    IdempotencyKey: { ...key, required: true, description: keyMeaning },
    OptionalIdempotencyKey: { ...key, required: false, description: keyMeaning },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      schema: text,
      description: 'The ETag of a known version: 304 when it is still the current one.',
    },
  },
  headers,
  responses: {
    ...Object.fromEntries(failureResponses),
    Problem: { description: 'Any other problem.', content: problemContent },
  },
};
