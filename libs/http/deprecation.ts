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

interface Notice {
  /** Since when it should not be used. */
  since: Date;
  /** When it stops working. */
  sunset: Date;
  /** Where a person reads what to use instead. */
  link: string;
}

const notice = Symbol('deprecation');

/**
 * The route is on its way out: it says so in Deprecation (RFC 9745), Sunset (RFC 8594) and Link, and answers 410
 * from the sunset on. `since` and `sunset` are ISO dates.
 */
export function Deprecated({ since, sunset, link }: { since: string; sunset: string; link: string }) {
  const value: Notice = { since: new Date(since), sunset: new Date(sunset), link };
  if (!(value.sunset >= value.since))
    throw new Error(`A route cannot end (${sunset}) before it is deprecated (${since}).`);
  return applyDecorators(SetMetadata(notice, value), ApiOperation({ deprecated: true }));
}

/** Adds the notice of a deprecated route to whatever it answers. */
@Injectable()
export class DeprecationGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const found = this.reflector.get<Notice | undefined>(notice, context.getHandler());
    if (!found) return true;
    void context
      .switchToHttp()
      .getResponse<FastifyReply>()
      .headers({
        // A structured field Date (RFC 9651 section 3.3.7); Sunset keeps the older form of HTTP.
        deprecation: `@${Math.floor(found.since.getTime() / 1000)}`,
        sunset: found.sunset.toUTCString(),
        link: `<${found.link}>; rel="deprecation"; type="text/html"`,
      });
    if (found.sunset.getTime() <= Date.now()) throw new RouteGone();
    return true;
  }
}
