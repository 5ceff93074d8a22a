import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '#libs/config';
import { OriginRefused } from '../sessions/session-problems.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A change that a browser sends must come from our own pages, signing in included. Origin is decisive where there
 * is one, then Sec-Fetch-Site; a caller with neither is no browser and carries no cookie by accident.
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
