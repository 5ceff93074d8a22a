import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { callerOf, getPrincipal } from '#libs/access';
import { Config } from '#libs/config';
import { FinalResponse, InputInvalid, present, problemResponse } from '#libs/http';
import { type ProblemKind, Problem } from '#libs/problem';
import { requestDigest } from './fingerprint.js';
import { IdempotencyStore, type Outcome, type Replayable } from './idempotency-store.js';
import { countRequest } from './metrics.js';
import { IdempotencyInProgress, IdempotencyKeyReused, IdempotencyOutcomeUnknown } from './problems.js';

/** The kinds of failure that depend on the stored state, so that a repetition gets the same answer. */
const storedKinds = new Set<ProblemKind>(['not-found', 'conflict', 'gone', 'precondition-failed', 'invalid']);

/** The header fields that are stored with an answer. Cookies and the fields of a connection are written anew. */
const storedHeaders = [
  'location',
  'etag',
  'link',
  'cache-control',
  'vary',
  'retry-after',
  'content-disposition',
];

/** Bytes. A larger answer belongs in a file, with a link to it. */
const maxStoredBytes = 256 * 1024;

/** Makes a request with an Idempotency-Key take effect once. The guards run before it, for a replay too. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyStore,
    private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { idempotencyKey: key } = request;
    return key === undefined ? next.handle() : from(this.#once(callerOf(getPrincipal()), key, context, next));
  }

  async #once(
    caller: string,
    key: string,
    context: ExecutionContext,
    next: CallHandler,
  ): Promise<FinalResponse> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const before = reply.getHeaders();
    const work = () => {
      // What the database has undone leaves nothing behind, such as the Location of what was not created.
      for (const name of Object.keys(reply.getHeaders()))
        if (!(name in before)) void reply.removeHeader(name);
      return this.#outcome(request, reply, next);
    };
    const { response, isReplay } = await counted(
      request,
      this.idempotency.once(caller, key, requestDigest(request), work),
    );
    if (isReplay) void reply.header('idempotency-replayed', 'true');
    return response;
  }

  async #outcome(request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<Outcome> {
    try {
      const answer: unknown = await lastValueFrom(next.handle(), { defaultValue: undefined });
      const body = present(answer, reply, this.config.PUBLIC_URL);
      return { response: finalResponse(body, reply.statusCode, reply), keepChanges: true };
    } catch (error) {
      const isAnswer =
        error instanceof Problem && storedKinds.has(error.kind) && !(error instanceof InputInvalid);
      if (!isAnswer) throw error;
      return { response: problemResponse(error, request, this.config.PUBLIC_URL), keepChanges: false };
    }
  }
}

async function counted(request: FastifyRequest, once: Promise<Replayable>): Promise<Replayable> {
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  try {
    const done = await once;
    countRequest({ route, outcome: done.isReplay ? 'replayed' : 'done' });
    return done;
  } catch (error) {
    countRequest({ route, outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof IdempotencyInProgress) return 'in-progress';
  if (error instanceof IdempotencyKeyReused) return 'key-reused';
  return error instanceof IdempotencyOutcomeUnknown ? 'outcome-unknown' : 'failed';
}

/** Serialises the answer. It runs inside the transaction, because an answer that cannot be serialised must not be committed. */
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
