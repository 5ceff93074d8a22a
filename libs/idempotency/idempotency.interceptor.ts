import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { findPrincipal } from '#libs/access';
import { Config } from '#libs/config';
import { FinalResponse, InputInvalid, problemResponse } from '#libs/http';
import { type Kind, Problem } from '#libs/problem';
import { requestDigest } from './fingerprint.js';
import { Idempotency, type Outcome } from './idempotency.js';
import { parseKey } from './key.js';
import { IdempotencyKeyMissing } from './problems.js';

export const idempotencyRequirement = Symbol('idempotency');

/** The route refuses to work without an Idempotency-Key: it creates, promises or issues something. */
export const RequireIdempotencyKey = () => SetMetadata(idempotencyRequirement, 'required');

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Failures that say something about the state of things, raised by a handler: repeating gives the same answer. */
const storedKinds = new Set<Kind>(['missing', 'conflict', 'gone', 'stale', 'invalid']);

/** Header fields that are part of an answer. Cookies and everything per-connection are made anew. */
const storedHeaders = [
  'location',
  'etag',
  'link',
  'cache-control',
  'vary',
  'retry-after',
  'content-disposition',
];

/** Bytes. What is larger belongs into a file with a link to it. */
const maxStoredBytes = 256 * 1024;

/** Gives every mutating route that a principal calls its Idempotency-Key. Guards have run before, also for a replay. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const principal = findPrincipal();
    // Without a principal there is no scope: public routes are single use or repeatable by themselves.
    if (safeMethods.has(request.method) || !principal) return next.handle();
    const key = parseKey(request.raw.rawHeaders);
    if (key === undefined) {
      if (this.reflector.get(idempotencyRequirement, context.getHandler()) === 'required')
        throw new IdempotencyKeyMissing();
      return next.handle();
    }
    return from(this.#once(principal.id, key, context, next));
  }

  async #once(
    principalId: string,
    key: string,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<FinalResponse> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const work = () => this.#outcome(request, reply, next);
    const { response, isReplay } = await this.idempotency.once(
      principalId,
      key,
      requestDigest(request),
      work,
    );
    if (isReplay) void reply.header('idempotency-replayed', 'true');
    return response;
  }

  async #outcome(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<Outcome> {
    try {
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      return { response: finalResponse(body, reply.statusCode, reply), keepChanges: true };
    } catch (error) {
      const isAnswer =
        error instanceof Problem && storedKinds.has(error.kind) && !(error instanceof InputInvalid);
      if (!isAnswer) throw error;
      return { response: problemResponse(error, request, this.config.PUBLIC_URL), keepChanges: false };
    }
  }
}

/** The final bytes, made inside the transaction: what cannot be serialised must not be committed. */
function finalResponse(body: unknown, status: number, reply: FastifyReply): FinalResponse {
  if (body instanceof FinalResponse) return body;
  const headers: Record<string, string> = {};
  for (const name of storedHeaders) {
    const value = reply.getHeader(name);
    if (typeof value === 'string') headers[name] = value;
  }
  if (body === undefined || body === null) return new FinalResponse(status, headers, null);
  const bytes = Buffer.from(JSON.stringify(body));
  if (bytes.length > maxStoredBytes)
    throw new Error(`An answer of ${bytes.length} bytes cannot be kept for replays; answer with a link.`);
  return new FinalResponse(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }, bytes);
}
