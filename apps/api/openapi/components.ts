import type { ComponentsObject, HeaderObject, SchemaObject } from '@nestjs/swagger';
import { type ProblemKind, statusOf } from '#libs/problem';

// This file holds the parts of the description to which many operations refer.

const text = { type: 'string' } as const;

const problem: SchemaObject = {
  type: 'object',
  description: 'The reason why a request failed (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: { ...text, format: 'uri', description: 'The address of a page that explains this code.' },
    title: { ...text, description: 'The title, the same for every occurrence of the code.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { ...text, description: 'Advice to the caller.' },
    instance: { ...text, description: 'The path of the request.' },
    code: {
      ...text,
      description: 'A stable code by which programs decide.',
      examples: ['http.invalid-input'],
    },
    request_id: {
      ...text,
      description: 'The id of the request, as in the header X-Request-Id and in the log.',
    },
    trace_id: text,
    error: { ...text, description: 'Only at the token endpoint: the error code of RFC 6749 section 5.2.' },
    error_description: { ...text, description: 'Only at the token endpoint: the same text as `detail`.' },
    errors: {
      type: 'array',
      maxItems: 50,
      description: 'The validation errors, when the input is invalid.',
      items: { $ref: '#/components/schemas/ValidationError' },
    },
  },
};

const validationError: SchemaObject = {
  type: 'object',
  description: 'One rule that the input breaks, with its place: a pointer, a parameter or a header.',
  required: ['code', 'detail'],
  properties: {
    pointer: {
      ...text,
      description: 'The place in the body: a JSON Pointer as URI fragment (RFC 6901 section 6).',
      examples: ['#/items/0/qty'],
    },
    parameter: { ...text, description: 'The name of a path or query parameter.' },
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
  'A random value for this request. Send the same value when you repeat the request: it takes effect once, and its answer is kept for 24 hours.';

/** A field that is required is in every answer of the status that names it. */
const headers = {
  ETag: {
    required: true,
    schema: text,
    description: 'The version of the resource, for If-Match and If-None-Match.',
  },
  Location: {
    required: true,
    schema: text,
    description: 'The path of the created resource, or of the operation that was accepted.',
  },
  Link: { schema: text, description: 'The next page as rel="next" (RFC 8288), when there is one.' },
  IdempotencyReplayed: {
    schema: { ...text, enum: ['true'] },
    description: 'Present when this is the stored answer of the first request with this Idempotency-Key.',
  },
  RateLimit: {
    required: true,
    schema: text,
    description:
      'The requests that are left (r) and the seconds until there are more (t), of the policy that is nearest to its end.',
    example: '"default";r=42;t=18',
  },
  RateLimitPolicy: {
    required: true,
    schema: text,
    description: 'Every policy that applies, with its quota (q) and its window in seconds (w).',
    example: '"default";q=600;w=60, "sudo-address";q=30;w=60',
  },
  RetryAfter: {
    required: true,
    schema: { type: 'integer', minimum: 1 },
    description: 'Seconds to wait before another attempt.',
  },
  WWWAuthenticate: {
    required: true,
    schema: text,
    description: 'The authentication schemes of the Authorization header (RFC 9110 section 11.6.1).',
  },
} satisfies Record<string, HeaderObject>;

/** The failures of the request pipeline in words. The failures of a single feature come under `default`. */
const failures = {
  malformed: 'The JSON, a header or a cursor of the request is malformed.',
  unauthenticated: 'The request is not authenticated.',
  forbidden: 'The caller may not do this, or the request comes from another site.',
  'not-found': 'The resource does not exist, or the caller may not know that it does.',
  conflict: 'The state of the resource does not allow it, or the same request is in progress.',
  'precondition-failed': 'The resource has changed since the version in If-Match.',
  'too-large': 'The body is too large.',
  'unsupported-media': 'The media type of the body is not supported.',
  invalid: 'The input breaks a rule. `errors` lists each rule and its place.',
  'precondition-required': 'If-Match is missing.',
  limited: 'Too many requests.',
  unavailable: 'The service cannot answer at the moment. Nothing was changed.',
} satisfies Partial<Record<ProblemKind, string>>;

export type Failure = keyof typeof failures;

/** Returns the description of a field that is only in some of the answers. */
const optional = (header: HeaderObject): HeaderObject => ({ ...header, required: false });

/** The fields of a refusal by a route that has a quota, or that was stored with an Idempotency-Key. */
const usualHeaders = {
  RateLimit: optional(headers.RateLimit),
  'RateLimit-Policy': optional(headers.RateLimitPolicy),
  'Idempotency-Replayed': headerRef('IdempotencyReplayed'),
};

const problemContent = {
  'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
};

const responseName = (failure: Failure) =>
  failure.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Returns the entry for a failure in the responses of an operation: its status, and a reference. */
export function failureResponse(failure: Failure): [string, { $ref: string }] {
  return [String(statusOf[failure]), { $ref: `#/components/responses/${responseName(failure)}` }];
}

/** The header fields of every answer of a route that counts towards a quota. */
export const limitHeaders = {
  RateLimit: headerRef('RateLimit'),
  'RateLimit-Policy': headerRef('RateLimitPolicy'),
};

function headersOf(failure: Failure) {
  const retry = headerRef('RetryAfter');
  if (failure === 'limited') return { ...limitHeaders, 'Retry-After': retry };
  return {
    ...usualHeaders,
    ...(failure === 'unavailable' && { 'Retry-After': retry }),
    ...(failure === 'conflict' && { 'Retry-After': optional(headers.RetryAfter) }),
    ...(failure === 'unauthenticated' && { 'WWW-Authenticate': headerRef('WWWAuthenticate') }),
    // An access token is told which scope it lacks (RFC 6750 section 3.1).
    ...(failure === 'forbidden' && { 'WWW-Authenticate': optional(headers.WWWAuthenticate) }),
  };
}

const failureResponses = (Object.keys(failures) as Failure[]).map((failure) => [
  responseName(failure),
  {
    description: failures[failure],
    headers: headersOf(failure),
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
  schemas: { Problem: problem, ValidationError: validationError },
  parameters: {
    IdempotencyKey: { ...key, required: true, description: keyMeaning },
    OptionalIdempotencyKey: { ...key, required: false, description: keyMeaning },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      schema: text,
      description: 'The ETag of a known version. The answer is 304 when it is still the current one.',
    },
  },
  headers,
  responses: {
    ...Object.fromEntries(failureResponses),
    Problem: {
      description: 'Any other problem.',
      headers: {
        ...usualHeaders,
        'Retry-After': optional(headers.RetryAfter),
        'WWW-Authenticate': optional(headers.WWWAuthenticate),
      },
      content: problemContent,
    },
  },
};
