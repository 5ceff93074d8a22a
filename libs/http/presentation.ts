import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { nextLink } from '#libs/pagination';
import { etagOf, matchesNone } from './conditional.js';
import { FinalResponse } from './response.js';
import { settings } from './route-settings.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    answers?: AnswerSettings;
    /** The path for Location, with `{name}` for a member of the answer. */
    location?: string;
    /** True when the answer has a `version`, which is sent as a strong ETag. */
    isVersioned?: boolean;
  }
}

/** RouteViews fills these settings when all routes are registered. */
export interface AnswerSettings {
  /** Encodes what the handler returns: the view of its `@ZodResponse`, which is an allow-list. RouteViews sets it. */
  encode?: (answer: unknown) => unknown;
}

/** Sets Location to this path, with `{name}` filled from the answer: the path of the created resource or of its operation. */
export const LocationHeader = (template: string) => settings({ location: template });

/** Sends the `version` of the answer as a strong ETag and honours If-None-Match. */
export const WithETag = () => settings({ isVersioned: true });

type Answer = Record<string, unknown> & { page?: { next_cursor?: string | null } };

/**
 * Returns the body that a client gets for the answer of a handler, and sets the header fields that follow from it: Location, ETag,
 * Link. It is no interceptor, because Nest calls a handler directly where there is none.
 */
export function present(returned: unknown, reply: FastifyReply, publicUrl: string): unknown {
  if (returned instanceof FinalResponse || returned instanceof StreamableFile) return returned;
  const { answers, location, isVersioned } = reply.request.routeOptions.config;
  const encoded = answers?.encode ? answers.encode(returned) : returned;
  if (typeof encoded !== 'object' || encoded === null) return encoded;
  const answer = encoded as Answer;
  // A 200 answer, for example of a dry run, created nothing; and a handler may have set another location itself.
  if (location && reply.statusCode !== 200 && !reply.hasHeader('location'))
    void reply.header('location', fill(location, answer));
  if (answer.page?.next_cursor) {
    const next = nextLink(publicUrl, reply.request.url, answer.page.next_cursor);
    // A deprecated route has a link of its own.
    void reply.header('link', [reply.getHeader('link'), next].filter(Boolean).join(', '));
  }
  return isVersioned ? conditional(answer, reply) : answer;
}

function conditional(answer: Answer, reply: FastifyReply): unknown {
  const { method, headers } = reply.request;
  const etag = etagOf(Number(answer.version));
  // No cache may use the answer without asking again, and the tag makes asking again cheap.
  void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Origin, Cookie, Authorization' });
  const isRead = method === 'GET' || method === 'HEAD';
  return isRead && !matchesNone(headers['if-none-match'], etag) ? new FinalResponse(304, {}, null) : answer;
}

function fill(template: string, answer: Answer): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(answer[name])));
}
