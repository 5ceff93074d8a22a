import { isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { RequestMalformed, RequestMisdirected } from './problems.js';
import { isProbe } from './request.js';

/**
 * A host and an optional port (RFC 9110 section 7.2). Group 1 is the host: an address in brackets, which group 2 is, or a
 * registered name (RFC 3986 section 3.2.2), which also covers IPv4 addresses.
 */
const hostPattern = /^(\[([^\]]*)\]|(?:[a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})+)(?::\d*)?$/i;

/** The authority of a request target in absolute form, which replaces Host (RFC 9112 section 3.2.2). */
const absoluteForm = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i;

/**
 * Returns what is wrong with the host that a request names. RFC 9112 section 3.2 wants exactly one valid Host. `allowed` lists
 * the hosts that are served, in lower case; when it is empty, every host is. Probes name the address of the process instead of
 * its host, so any host may ask for them.
 */
export function hostFault(request: FastifyRequest, allowed: readonly string[]): Problem | undefined {
  const { raw, headers, url } = request;
  if (headers.host === undefined && raw.httpVersion !== '1.0')
    return new RequestMalformed('The header Host is missing.');
  if (countOf('host', raw.rawHeaders) > 1) return new RequestMalformed('The header Host occurs twice.');
  const field = headers.host === undefined ? undefined : hostOf(headers.host);
  const host = hostOf(absoluteForm.exec(url)?.[1] ?? headers.host ?? '');
  if (headers.host !== undefined && (field === undefined || host === undefined))
    return new RequestMalformed('The header Host or the request target names no valid host.');
  if (isProbe(request) || allowed.length === 0 || allowed.includes(host ?? '')) return undefined;
  return new RequestMisdirected();
}

function hostOf(authority: string): string | undefined {
  const [, host, inBrackets] = hostPattern.exec(authority) ?? [];
  return inBrackets === undefined || isIPv6(inBrackets) ? host?.toLowerCase() : undefined;
}

/** Returns how often a field occurs. Node keeps only the first Host in `headers`. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;
}
