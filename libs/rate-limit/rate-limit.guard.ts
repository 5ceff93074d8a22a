import { type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callerOf, type Principal } from '#libs/access';
import { isSafe, TooManyRequests } from '#libs/http';
import { AttemptLimiter, type AttemptRule, attemptRule } from './attempt-limiter.js';
import { attemptOf } from './attempts.guard.js';
import { type Policy, rateLimitHeaders, wholeSeconds } from './headers.js';
import { Limiter } from './limiter.js';
import { MemoryStore } from './memory-store.js';
import { networkKeyOf } from './network-key.js';
import { LimitsUnavailable } from './problems.js';
import { countRefused } from './rate-limit-metrics.js';

/** Milliseconds between two log lines about a store that cannot be reached. */
const warnEveryMs = 1000;

/**
 * Counts the requests of an authenticated caller, or else those of a network address. It runs after authentication and before
 * any guard that refuses the caller, so that a flood of wrong credentials is counted too.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override logger = new Logger(RateLimitGuard.name);
  // The constructor is that of ThrottlerGuard.
  @Inject(AttemptLimiter) private readonly attempts!: AttemptLimiter;
  readonly #alone = new Limiter(new MemoryStore());
  #warnedAt = -Infinity;

  protected override async handleRequest({ context, limit, ttl }: ThrottlerRequest): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const result = await this.#count(request, ttl, limit);
    const name = request.work.principal ? 'default' : 'anonymous';
    const { totalHits, timeToExpire, isBlocked, timeToBlockExpire } = result;
    const policy = { name, limit, seconds: ttl / 1000 };
    const budget = { policy, remaining: limit - totalHits, refillAfter: timeToExpire, isRefused: isBlocked };
    request.budget = budget;
    void reply.headers(rateLimitHeaders([policy, ...this.#attemptPolicies(context, request)], [budget]));
    if (!isBlocked) return true;
    countRefused({ policy: name });
    throw new TooManyRequests(undefined, { retryAfter: wholeSeconds(timeToBlockExpire) });
  }

  /** Returns the stricter policies of the route, which AttemptsGuard counts when no guard before it refuses the request. */
  #attemptPolicies(context: ExecutionContext, request: FastifyRequest): Policy[] {
    const rule = this.reflector.get<AttemptRule | undefined>(attemptRule, context.getHandler());
    return rule ? this.attempts.policiesOf(attemptOf(rule, request)) : [];
  }

  /**
   * Counts in this process alone while the store cannot be reached, with half of the quota: Redis serves only limits and queues,
   * so reads and authenticated callers pass without it, and still nobody floods the rest. Requests such as signing in are
   * refused, because their guesses would not be counted everywhere. An error of the Postgres store is passed on: everything
   * else is down then too.
   */
  async #count({ work, clientAddress, method }: FastifyRequest, ttl: number, limit: number) {
    const key = keyOf(work.principal, clientAddress);
    try {
      return await this.storageService.increment(key, ttl, limit, 0, '');
    } catch (error) {
      const mayPass = work.principal !== undefined || isSafe(method);
      if (!(error instanceof LimitsUnavailable) || !mayPass) throw error;
      this.#warn(error);
      const half = Math.ceil(limit / 2);
      const result = await this.#alone.count(key, { limit: half, seconds: ttl / 1000 });
      return { ...result, totalHits: result.totalHits + limit - half };
    }
  }

  #warn(error: LimitsUnavailable): void {
    if (performance.now() - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = performance.now();
    this.logger.warn(`Requests are counted by each process alone: ${String(error.cause)}`);
  }
}

/** Returns the key to count by: the principal, or without one the network. */
function keyOf(principal: Principal | undefined, address: string | undefined): string {
  return principal ? `principal:${callerOf(principal)}` : `address:${networkKeyOf(address)}`;
}
