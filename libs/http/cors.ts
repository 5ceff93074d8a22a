import type { FastifyRequest } from 'fastify';

/**
 * What lets pages on other origins use the API (Fetch standard, "HTTP-CORS protocol"). It is not `@fastify/cors`, because its
 * route `OPTIONS *` would make every path one that exists, and because its hook never sees what is refused before it: a page
 * could not read a 404, a 413 or a 503.
 */

/** The methods that routes have. A page gets a 405 for a wrong one, which tells more than an error of the browser. */
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';

/** The fields that pages may send besides those that Fetch always lets them send. */
const requestFields = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'X-Request-Id',
  'traceparent',
  'tracestate',
].join(', ');

/** The fields of answers that pages may read besides those that Fetch always shows. */
const responseFields = [
  'Accept-Patch',
  'Accept-Post',
  'Allow',
  'Content-Disposition',
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Sunset',
  'WWW-Authenticate',
  'X-Request-Id',
].join(', ');

/** Seconds for which a browser need not ask again. Chromium keeps an answer for no longer. */
const maxAge = '7200';

/** Returns the header fields that let a page on one of the allowed origins read the answer. Other pages get none. */
export function corsHeaders({ headers }: FastifyRequest, allowed: readonly string[]): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || !allowed.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': responseFields,
  };
}

/** Returns whether the browser of a page on one of the allowed origins asks what the page may send. */
export function isPreflight({ method, headers }: FastifyRequest, allowed: readonly string[]): boolean {
  const { origin } = headers;
  return (
    method === 'OPTIONS' &&
    headers['access-control-request-method'] !== undefined &&
    origin !== undefined &&
    allowed.includes(origin)
  );
}

export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': methods,
  'access-control-allow-headers': requestFields,
  'access-control-max-age': maxAge,
};
