import { defineProblem } from '#libs/problem';

export class IdempotencyKeyMissing extends defineProblem({
  kind: 'malformed',
  code: 'idempotency.key-missing',
  title: 'Idempotency-Key is required',
  help: 'Send an Idempotency-Key with a new random value, and the same value again when you repeat the request: it then takes effect once.',
}) {}

export class IdempotencyKeyInvalid extends defineProblem({
  kind: 'malformed',
  code: 'idempotency.key-invalid',
  title: 'Idempotency-Key is invalid',
  help: 'Send the header once, with 1 to 255 visible ASCII characters, bare or as a quoted string (RFC 9651 section 3.3.3). A UUID is a good choice.',
}) {}

export class IdempotencyInProgress extends defineProblem({
  kind: 'conflict',
  code: 'idempotency.in-progress',
  title: 'The same request is in progress',
  help: 'Another request with this Idempotency-Key has not finished. Repeat the request after the seconds that Retry-After names to get its answer.',
}) {}

export class IdempotencyKeyReused extends defineProblem({
  kind: 'invalid',
  code: 'idempotency.key-reused',
  title: 'The Idempotency-Key belongs to another request',
  help: 'This key was used with another method, path, query or body. Use a new key for a new request.',
}) {}

export class IdempotencyOutcomeUnknown extends defineProblem({
  kind: 'unavailable',
  code: 'idempotency.outcome-unknown',
  title: 'The outcome is not known',
  help: 'The connection to the database broke at the last moment. Repeat the request with the same Idempotency-Key: it takes effect once.',
}) {}
