import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { findPrincipal } from '#libs/access';
import { parseKey } from './key.js';
import { IdempotencyKeyMissing } from './problems.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The Idempotency-Key under which this request takes effect once. */
    idempotencyKey?: string;
  }
}

/** Key of the metadata; the API description shows the header as required. */
export const idempotencyRequirement = Symbol('idempotency');

/** The route refuses to work without an Idempotency-Key: it creates, promises or issues something. */
export const RequireIdempotencyKey = () => SetMetadata(idempotencyRequirement, 'required');

/**
 * The route does without: its answer carries a new cookie, which is never stored, and what it consumes works once by
 * itself.
 */
export const IgnoreIdempotencyKey = () => SetMetadata(idempotencyRequirement, 'ignored');

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Reads the key of every mutating request of a principal, before the body of an upload is stored for nothing. */
@Injectable()
export class IdempotencyKeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Without a principal there is no scope: public routes are single use or repeatable by themselves.
    if (safeMethods.has(request.method) || !findPrincipal()) return true;
    const requirement = this.reflector.get<string | undefined>(idempotencyRequirement, context.getHandler());
    if (requirement === 'ignored') return true;
    const key = parseKey(request.raw.rawHeaders);
    if (key !== undefined) request.idempotencyKey = key;
    else if (requirement === 'required') throw new IdempotencyKeyMissing();
    return true;
  }
}
