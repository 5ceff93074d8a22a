import { createHash, createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { pathOf } from '#libs/http';

/** Key purpose of the fingerprint: without it a dump would let a short body be guessed. */
export const fingerprintPurpose = 'idempotency-fingerprint';

/** SHA-256 over the parts, each with its length, so that no two lists of parts run together. */
function digest(parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/** Row id of a key: of its caller and its text, so that nobody meets another's key. */
export function keyId(caller: string, key: string): Buffer {
  return digest([caller, key]);
}

/** What makes two requests the same: method, route, path, query in any order, media type and the value of the body. */
export function requestDigest(request: FastifyRequest): Buffer {
  const query = request.url.split('?')[1]?.split('&').sort().join('&') ?? '';
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  const body = request.contentDigest ?? (request.body === undefined ? '' : canonicalJson(request.body));
  return digest([
    request.method,
    request.routeOptions.url ?? '',
    pathOf(request.url),
    query,
    mediaType,
    body,
  ]);
}

export function fingerprint(requestDigest: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(requestDigest).digest();
}

/**
 * JSON in one form: keys sorted, numbers and strings as JSON.stringify writes them (RFC 8785 section 3.2).
 * The parser has bounded the depth of a body, so the recursion is bounded too.
 */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${members.join(',')}}`;
}
