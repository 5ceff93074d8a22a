import { Injectable, Logger } from '@nestjs/common';
import { normalizeIp, ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, type Principal } from '#libs/access';
import { TooManyRequests } from '#libs/http';
import { rateLimitHeaders, wholeSeconds } from './headers.js';
import { LimitsUnavailable } from './problems.js';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Milliseconds between two log lines about a store that is away. */
const warnEveryMs = 1000;

/**
 * Counts the requests of a caller who is known, or else those of a network address. It runs when it is known who is asking and
 * before anybody is refused for it, so that a flood of wrong credentials is counted too.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override logger = new Logger(RateLimitGuard.name);
  #warnedAt = -Infinity;

  protected override async handleRequest({ context, limit, ttl }: ThrottlerRequest): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const verdict = await this.#count(request, ttl, limit);
    if (!verdict) return true;
    const name = request.work.principal ? 'default' : 'anonymous';
    const { totalHits, timeToExpire, isBlocked, timeToBlockExpire } = verdict;
    const allowance = { remaining: limit - totalHits, refillAfter: timeToExpire };
    void reply.headers(rateLimitHeaders({ name, limit, seconds: ttl / 1000 }, allowance));
    if (isBlocked) throw new TooManyRequests(undefined, { retryAfter: wholeSeconds(timeToBlockExpire) });
    return true;
  }

  /**
   * Nothing when the store is away and the request may pass uncounted: Redis is only for limits and queues, so what
   * reads, and whoever is known, goes on; signing in and the like wait, for nobody would count the guesses. With
   * Postgres as the store its error goes through: everything else is down then too.
   */
  async #count({ work, ip, method }: FastifyRequest, ttl: number, limit: number) {
    try {
      return await this.storageService.increment(keyOf(work.principal, ip), ttl, limit, 0, '');
    } catch (error) {
      const mayPass = work.principal !== undefined || safeMethods.has(method);
      if (!(error instanceof LimitsUnavailable) || !mayPass) throw error;
      this.#warn(error);
      return undefined;
    }
  }

  #warn(error: LimitsUnavailable): void {
    if (performance.now() - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = performance.now();
    this.logger.warn(`Requests pass uncounted: ${String(error.cause)}`);
  }
}

/**
 * An address without a principal counts as a network: IPv4 as it is, also when mapped into IPv6; IPv6 by its /64, as a
 * subscriber has at least that many addresses to change through (RFC 6177).
 */
function keyOf(principal: Principal | undefined, address: string): string {
  return principal ? `principal:${callerOf(principal)}` : `address:${normalizeIp(address)}`;
}
