import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { pathOf } from '#libs/http';

/** The key purpose of the fingerprint. Without a key, an attacker with a dump could guess a short body. */
export const fingerprintPurpose = 'idempotency-fingerprint';

/** Returns the SHA-256 over the parts, each with its length, so that no two lists of parts have the same digest. */
function digest(parts: (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest();
}

/** Returns the row id of a key. It covers the caller and the key, so that no caller meets the key of another. */
export function keyId(caller: string, key: string): Buffer {
  return digest([caller, key]);
}

/** Returns a digest over what makes two requests the same: method, route, path, query in any order, media type, body value. */
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

export function fingerprint(requestDigest: Buffer, secret: KeyObject): Buffer {
  return createHmac('sha256', secret).update(requestDigest).digest();
}

/**
 * Returns the JSON with sorted keys, and numbers and strings as JSON.stringify writes them (RFC 8785 section 3.2).
 * The parser bounds the depth of a body, and so bounds the recursion too.
 */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${members.join(',')}}`;
}
