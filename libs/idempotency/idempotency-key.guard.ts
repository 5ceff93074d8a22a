import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { findPrincipal } from '#libs/access';
import { isSafe } from '#libs/http';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { parseKey } from './key.js';
import { IdempotencyKeyMissing } from './problems.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The Idempotency-Key with which this request takes effect once. */
    idempotencyKey?: string;
  }
}

/** The metadata key of the requirement, which the API description also reads. */
export const idempotencyRequirement = Symbol('idempotency');

/** Makes a route refuse requests without an Idempotency-Key. Routes that create, enqueue or issue something need it. */
export const RequireIdempotencyKey = () => idempotent('required');

/** Makes a route take effect once for an Idempotency-Key, and as often as it is asked without one. */
export const AcceptIdempotencyKey = () => idempotent('accepted');

/**
 * Makes a route ignore the Idempotency-Key. It is for routes whose answer sets a cookie, which is never stored, and which
 * consume something that works only once.
 */
export const IgnoreIdempotencyKey = () => SetMetadata(idempotencyRequirement, 'ignored');

const idempotent = (requirement: 'required' | 'accepted') =>
  applyDecorators(SetMetadata(idempotencyRequirement, requirement), UseInterceptors(IdempotencyInterceptor));

/** Reads the key of every mutating request of a principal. It runs early, so that no upload is stored for a refused request. */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Without a principal a key has no owner. Public routes are single use or repeatable by themselves.
    if (isSafe(request.method) || !findPrincipal()) return true;
    const requirement = this.reflector.get<string | undefined>(idempotencyRequirement, context.getHandler());
    if (requirement === 'ignored') return true;
    const key = parseKey(request.raw.rawHeaders);
    if (key !== undefined) request.idempotencyKey = key;
    else if (requirement === 'required') throw new IdempotencyKeyMissing();
    return true;
  }
}
