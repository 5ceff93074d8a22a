import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, type ProblemDocument, problemDocument } from '#libs/problem';
import { currentTraceId } from '#libs/observability';
import { pathOf } from './request.js';

/** A response whose every byte is already decided: sent as it is, and as it is again on a replay. */
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

/** The response that tells of a problem (RFC 9457). */
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
    // Every 401 names a way to authenticate (RFC 9110 section 15.5.2); cookies have no scheme there.
    ...(problem.kind === 'unauthenticated' && { 'www-authenticate': 'Bearer' }),
    ...headers,
    ...(retryAfter !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) }),
    'content-type': problemMediaType,
  };
}

export function encode(document: ProblemDocument): Buffer {
  return Buffer.from(JSON.stringify(document));
}
