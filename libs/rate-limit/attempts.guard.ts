import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Attempt, type AttemptRule, attemptRule, AttemptLimiter } from './attempt-limiter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The attempt that this request was counted as. A handler gives it to `AttemptLimiter.refund` when it succeeded. */
    attempt?: Attempt;
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
    const account = rule.accountIn ? rule.accountIn(request.body) : request.work.principal?.id;
    request.attempt = { name: rule.name, account, address: request.clientAddress };
    await this.attempts.count(request.attempt);
    return true;
  }
}
