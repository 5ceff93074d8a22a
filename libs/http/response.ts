import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, type ProblemDocument, problemDocument } from '#libs/problem';
import { currentTraceId } from '#libs/observability';
import { pathOf } from './request.js';

/** A response whose bytes are final: it is sent unchanged, and a replay sends it unchanged again. */
export class FinalResponse {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string>,
    readonly body: Buffer | null,
  ) {}

  sendTo(reply: FastifyReply): FastifyReply {
    void reply.code(this.status).headers(this.headers);
    return reply.send(this.body ?? undefined);
  }
}

const problemMediaType = 'application/problem+json; charset=utf-8';

/** Returns the response that describes a problem (RFC 9457). */
export function problemResponse(problem: Problem, request: FastifyRequest, publicUrl: string): FinalResponse {
  const document = problemDocument(problem, {
    publicUrl,
    instance: pathOf(request.url),
    requestId: request.work.requestId,
    traceId: currentTraceId(),
  });
  return new FinalResponse(problem.status, problemHeaders(problem), encode(document));
}

export function problemHeaders(problem: Problem): Record<string, string> {
  const { retryAfter, headers } = problem.options;
  return {
    // Every 401 names an authentication scheme (RFC 9110 section 15.5.2). There is none for cookies.
    ...(problem.kind === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
    ...headers,
    ...(retryAfter !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
    'content-type': problemMediaType,
  };
}

export function encode(document: ProblemDocument): Buffer {
  return Buffer.from(JSON.stringify(document));
}
