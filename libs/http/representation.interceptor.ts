import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Config } from '#libs/config';
import { nextLink } from '#libs/pagination';
import { etagOf, matchesNone } from './conditional.js';
import { FinalResponse } from './response.js';

export const located = Symbol('located');
export const versioned = Symbol('versioned');

/** Sets Location to this path, with `{name}` filled from the answer: the path of the created resource or of its operation. */
export const LocationHeader = (template: string) => SetMetadata(located, template);

/** Sends the `version` of the answer as a strong ETag and honours If-None-Match. */
export const WithETag = () => SetMetadata(versioned, true);

type Answer = Record<string, unknown> & { page?: { next_cursor?: string | null } };

/** Sets the header fields that follow from the body of an answer: Location, ETag, Link. */
@Injectable()
export class RepresentationInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: Config,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const handler = context.getHandler();
    const template = this.reflector.get<string | undefined>(located, handler);
    const isVersioned = this.reflector.get<boolean | undefined>(versioned, handler) ?? false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((body: unknown) => {
        if (typeof body !== 'object' || body === null || body instanceof FinalResponse) return body;
        const answer = body as Answer;
        // A 200 answer, for example of a dry run, created nothing; and a handler may have set another location itself.
        if (template && reply.statusCode !== 200 && !reply.hasHeader('location'))
          void reply.header('location', fill(template, answer));
        if (answer.page?.next_cursor)
          void reply.header('link', nextLink(this.config.PUBLIC_URL, request.url, answer.page.next_cursor));
        return isVersioned ? this.#conditional(answer, request, reply) : body;
      }),
    );
  }

  #conditional(answer: Answer, request: FastifyRequest, reply: FastifyReply): unknown {
    const etag = etagOf(Number(answer.version));
    // No cache may use the answer without asking again, and the tag makes asking again cheap.
    void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Origin, Cookie, Authorization' });
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return isRead && !matchesNone(request.headers['if-none-match'], etag)
      ? new FinalResponse(304, {}, null)
      : answer;
  }
}

function fill(template: string, answer: Answer): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(answer[name])));
}
