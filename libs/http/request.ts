import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '#libs/access';
import type { WorkContext } from '#libs/context';
import { parseTraceparent } from '#libs/observability';

declare module 'fastify' {
  interface FastifyRequest {
    /** Request id, principal and trace of this request; the same object that the async context carries. */
    work: RequestContext;
    /** SHA-256 of a body that was streamed and so cannot be hashed later. */
    contentDigest?: Buffer;
  }
  interface FastifyContextConfig {
    /** Why a route without a controller, and so without an access rule, is open to anybody. */
    open?: string;
    /** Media types of the body; JSON when absent. */
    consumes?: string[];
    /** Media type of the answer; JSON when absent. */
    produces?: string;
    /** Bytes. */
    maxBytes?: number;
    /** Milliseconds the handler may take, 0 for a stream without an end. */
    handlerTimeoutMs?: number;
  }
}

const requestIdPattern = /^[A-Za-z0-9_-]{8,64}$/;

/** The context of a request: its own id when the caller names none that is safe to log and echo. */
export function workOf(request: FastifyRequest): WorkContext {
  const given = request.headers['x-request-id'];
  const traceparent = parseTraceparent(request.headers.traceparent);
  return {
    requestId: typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID(),
    ...(traceparent && { traceparent }),
  };
}

/** The path without the query, which may carry what must be neither echoed nor logged. */
export function pathOf(url: string): string {
  // Absolute form (RFC 9112 section 3.2.2): a proxy may send the whole address.
  const target = url.startsWith('/') ? url : url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
