import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '#libs/config';
import { OriginRefused } from '../sessions/session-problems.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses changes, signing in included, that browsers send from other sites. Origin decides where it is present, then
 * Sec-Fetch-Site. A caller with neither is no browser and sends no cookie by accident.
 */
@Injectable()
export class CsrfGuard implements CanActivate {
  readonly #origin: string;

  constructor(config: Config) {
    this.#origin = new URL(config.PUBLIC_URL).origin;
  }

  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (safeMethods.has(method)) return true;
    const site = headers['sec-fetch-site'];
    const isOurs =
      headers.origin === undefined
        ? site === undefined || site === 'same-origin' || site === 'none'
        : headers.origin === this.#origin;
    if (!isOurs) throw new OriginRefused();
    return true;
  }
}
