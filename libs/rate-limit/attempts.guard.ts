import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TooManyRequests } from '#libs/http';
import { type Attempt, type AttemptRule, attemptRule, AttemptLimiter } from './attempt-limiter.js';
import { type Budget, rateLimitHeaders, wholeSeconds } from './headers.js';
import { countRefused } from './rate-limit-metrics.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The attempt that this request was counted as. A handler gives it to `AttemptLimiter.refund` when it succeeded. */
    attempt?: Attempt;
    /** How the request stands with the quota of its caller. RateLimitGuard sets it, unless the store is away. */
    budget?: Budget;
  }
}

/** Counts the requests of routes with `@LimitAttempts`. It runs after the caller is authenticated and authorized. */
@Injectable()
export class AttemptsGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly attempts: AttemptLimiter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AttemptRule | undefined>(attemptRule, context.getHandler());
    if (!rule) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.attempt = attemptOf(rule, request);
    const caller = request.budget ? [request.budget] : [];
    const budgets = [...caller, ...(await this.attempts.count(request.attempt))];
    const policies = [...caller.map(({ policy }) => policy), ...this.attempts.policiesOf(request.attempt)];
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.headers(rateLimitHeaders(policies, budgets));
    const refusal = budgets.find(({ isRefused }) => isRefused);
    if (!refusal) return true;
    countRefused({ policy: refusal.policy.name });
    throw new TooManyRequests(undefined, { retryAfter: waitOf(budgets) });
  }
}

/** Returns the seconds until no policy is used up any more. */
function waitOf(budgets: Budget[]): number {
  const usedUp = budgets.filter(({ remaining }) => remaining === 0);
  return wholeSeconds(Math.max(...usedUp.map(({ refillAfter }) => refillAfter)));
}

/** Returns the attempt that a request is by the rule of its route. */
export function attemptOf(rule: AttemptRule, { body, work, clientAddress }: FastifyRequest): Attempt {
  const account = rule.accountIn ? rule.accountIn(body) : work.principal?.id;
  return { name: rule.name, account, address: clientAddress };
}
