import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { callerOf, type RequestContext } from '#libs/access';
import type { WorkContext } from '#libs/context';
import { parseTraceparent } from '#libs/observability';

declare module 'fastify' {
  interface FastifyRequest {
    /** The request id, principal and trace of this request. The async context has the same object. */
    work: RequestContext;
    /** The canonical IP address of the client, or undefined when it is unknown. Nothing else reads `ip` or X-Forwarded-For. */
    clientAddress: string | undefined;
    /** The SHA-256 of a streamed body, which cannot be hashed later. */
    contentDigest?: Buffer;
  }
  interface FastifyContextConfig {
    /** The reason why a route without a controller, and so without an access rule, is open to every caller. */
    open?: string;
    /** The media types of the body. The default is JSON. */
    consumes?: string[];
    /** The media type of the answer, or null when it has no content. The default is JSON. */
    produces?: string | null;
    /** Bytes of an upload, which the handler reads while it arrives. Other bodies have one limit. */
    maxBytes?: number;
    /** Milliseconds that the handler may take until its answer begins. */
    handlerTimeoutMs?: number;
  }
}

const requestIdPattern = /^[A-Za-z0-9_-]{8,64}$/;

/** Returns the context of a request. It gets a new id unless the caller sends one that is safe to log and echo. */
export function workOf(request: FastifyRequest): WorkContext {
  const sent = request.headers['x-request-id'];
  const traceparent = parseTraceparent(request.headers.traceparent);
  return {
    requestId: typeof sent === 'string' && requestIdPattern.test(sent) ? sent : randomUUID(),
    ...(traceparent && { traceparent }),
  };
}

/** Returns the key by which a limit counts one caller: the principal, or else the network. */
export function callerKeyOf({ principal, clientNetwork = 'unknown' }: RequestContext): string {
  return principal ? callerOf(principal) : clientNetwork;
}

/** Returns whether a method is safe (RFC 9110 section 9.2.1): whoever sends it asks for no change. */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/** Returns whether a request is a probe of the platform, which names the address of the process and must always be answered. */
export function isProbe({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url?.startsWith('/health/') ?? false;
}

/** Returns the path without the query, which may contain text that must be neither echoed nor logged. */
export function pathOf(url: string): string {
  // A proxy may send the whole address, in absolute form (RFC 9112 section 3.2.2).
  const target = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
