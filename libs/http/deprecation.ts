import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RouteGone } from './problems.js';

interface Deprecation {
  /** The date from which clients should no longer use the route. */
  since: Date;
  /** The date on which the route stops working. */
  sunset: Date;
  /** The page that tells developers what to use instead. */
  link: string;
}

const deprecation = Symbol('deprecation');

/**
 * Marks a route as deprecated. Its answers have Deprecation (RFC 9745), Sunset (RFC 8594) and Link, and from the sunset on it
 * answers 410. `since` and `sunset` are ISO dates.
 */
export function Deprecated({ since, sunset, link }: { since: string; sunset: string; link: string }) {
  const value: Deprecation = { since: new Date(since), sunset: new Date(sunset), link };
  if (!(value.sunset >= value.since))
    throw new Error(`A route cannot end (${sunset}) before it is deprecated (${since}).`);
  return applyDecorators(SetMetadata(deprecation, value), ApiOperation({ deprecated: true }));
}

/** Adds the headers of a deprecated route to every answer of it, refusals included, which is why it is a guard. */
@Injectable()
export class DeprecationGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const found = this.reflector.get<Deprecation | undefined>(deprecation, context.getHandler());
    if (!found) return true;
    void context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .headers({
        // Deprecation is a structured field Date (RFC 9651 section 3.3.7); Sunset has the older date form of HTTP.
        deprecation: `@${Math.floor(found.since.getTime() / 1000)}`,
        sunset: found.sunset.toUTCString(),
        link: `<${found.link}>; rel="deprecation"; type="text/html"`,
      });
    if (found.sunset.getTime() <= Date.now()) throw new RouteGone();
    return true;
  }
}
