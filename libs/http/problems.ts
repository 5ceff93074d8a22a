import { defineProblem } from '#libs/problem';

/** The problems of a request that no feature has seen yet. */

export class RequestMalformed extends defineProblem({
  kind: 'malformed',
  code: 'http.malformed-request',
  title: 'The request is malformed',
  help: 'The request is not well-formed HTTP, or its path is not a valid URL path. Check how the client builds it.',
}) {}

export class JsonMalformed extends defineProblem({
  kind: 'malformed',
  code: 'http.malformed-json',
  title: 'The body is not valid JSON',
  help: 'Send one JSON value in UTF-8 (RFC 8259), nested at most 32 levels deep, with no member twice in an object, without the keys __proto__ and constructor.prototype.',
}) {}

export class InputInvalid extends defineProblem({
  kind: 'invalid',
  code: 'http.invalid-input',
  title: 'The input breaks a rule',
  help: 'The field `errors` lists what is wrong and where: `pointer` into the body (JSON Pointer), `parameter` of path or query, or `header`. Nothing was changed.',
}) {}

export class RouteNotFound extends defineProblem({
  kind: 'not-found',
  code: 'http.route-not-found',
  title: 'There is nothing at this path',
  help: 'Check the path against the API description at /docs. Paths are case-sensitive and have no trailing slash.',
}) {}

export class MethodNotAllowed extends defineProblem({
  kind: 'method-not-allowed',
  code: 'http.method-not-allowed',
  title: 'The method is not allowed here',
  help: 'The header Allow names the methods of this path.',
}) {}

export class MethodNotImplemented extends defineProblem({
  kind: 'not-implemented',
  code: 'http.method-not-implemented',
  title: 'The method is not implemented',
  help: 'The server implements GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE. Methods are case-sensitive.',
}) {}

export class NotAcceptable extends defineProblem({
  kind: 'not-acceptable',
  code: 'http.not-acceptable',
  title: 'No acceptable representation',
  help: 'The Accept header excludes the media type that this path produces. Leave it out, or include that type.',
}) {}

export class RequestTooSlow extends defineProblem({
  kind: 'request-timeout',
  code: 'http.request-timeout',
  title: 'The request took too long to arrive',
  help: 'Header and body must arrive within the time limits of the server. Send the request again.',
}) {}

export class BodyTooLarge extends defineProblem({
  kind: 'too-large',
  code: 'http.body-too-large',
  title: 'The body is too large',
  help: 'Send at most the bytes that the detail names.',
}) {}

export class UriTooLong extends defineProblem({
  kind: 'uri-too-long',
  code: 'http.uri-too-long',
  title: 'The address is too long',
  help: 'Path and query may have 8192 bytes together, a path parameter 128 characters.',
}) {}

export class MediaTypeUnsupported extends defineProblem({
  kind: 'unsupported-media',
  code: 'http.unsupported-media-type',
  title: 'The media type is not supported',
  help: 'The header Accept-Post or Accept-Patch names the media types that this path reads. Text must be UTF-8 and sent without a Content-Encoding.',
}) {}

export class ExpectationFailed extends defineProblem({
  kind: 'expectation-failed',
  code: 'http.expectation-failed',
  title: 'The expectation cannot be met',
  help: 'The only value of the header Expect that has a meaning is 100-continue. Leave it out.',
}) {}

export class RequestMisdirected extends defineProblem({
  kind: 'misdirected',
  code: 'http.misdirected-request',
  title: 'The host is not served here',
  help: 'Send the request to the host name of this installation. Its operator lists the host names that it answers to.',
}) {}

export class HeadersTooLarge extends defineProblem({
  kind: 'headers-too-large',
  code: 'http.headers-too-large',
  title: 'The header fields are too large',
  help: 'All header fields together may have 16 KiB. Usually a cookie has grown too big.',
}) {}

export class RouteGone extends defineProblem({
  kind: 'gone',
  code: 'http.route-gone',
  title: 'This path has been switched off',
  help: 'It was deprecated, and its sunset has passed. The header Link names the page that says what to use instead.',
}) {}

export class PreconditionRequired extends defineProblem({
  kind: 'precondition-required',
  code: 'http.precondition-required',
  title: 'If-Match is required',
  help: 'Read the resource and send its ETag as If-Match, so that the change cannot overwrite one you have not seen.',
}) {}

export class VersionStale extends defineProblem({
  kind: 'precondition-failed',
  code: 'http.precondition-failed',
  title: 'The resource has changed',
  help: 'The ETag in If-Match is not the current one. Read the resource again and decide whether the change still makes sense.',
}) {}

export class TooManyRequests extends defineProblem({
  kind: 'limited',
  code: 'http.rate-limited',
  title: 'Too many requests',
  help: 'Wait for the seconds that Retry-After names. The headers RateLimit and RateLimit-Policy say how much is left.',
}) {}

export class TooManyTransfers extends defineProblem({
  kind: 'limited',
  code: 'http.too-many-transfers',
  title: 'Too many uploads or downloads at a time',
  help: 'Wait until one of yours has ended, then send the request again. A download that nobody reads is ended after half a minute.',
}) {}

export class Overloaded extends defineProblem({
  kind: 'unavailable',
  code: 'http.overloaded',
  title: 'The server is too busy',
  help: 'Nothing was changed. Send the request again after the seconds that Retry-After names.',
}) {}

export class AnswerTooSlow extends defineProblem({
  kind: 'unavailable',
  code: 'http.deadline-exceeded',
  title: 'The answer took too long',
  help: 'The request was aborted at its deadline. Repeat it with the same Idempotency-Key, or read the resource to see whether it was done.',
}) {}

export class InternalError extends defineProblem({
  kind: 'internal',
  code: 'http.internal-error',
  title: 'Something went wrong on our side',
  help: 'It is logged under the request id. You may send a request with an Idempotency-Key again: none of its changes were kept.',
}) {}
