import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '#libs/config';
import { isSafe } from '#libs/http';
import { OriginRefused } from '../sessions/session-problems.js';

/**
 * Refuses changes, signing in included, that browsers send from pages on other origins than the allowed ones. Origin decides
 * where it is present, then Sec-Fetch-Site. A caller with neither is no browser and sends no cookie by accident.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isSafe(method)) return true;
    const site = headers['sec-fetch-site'];
    const isOurs =
      headers.origin === undefined
        ? site === undefined || site === 'same-origin' || site === 'none'
        : this.config.ALLOWED_ORIGINS.includes(headers.origin);
    if (!isOurs) throw new OriginRefused();
    return true;
  }
}
