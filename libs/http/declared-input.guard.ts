import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { ValidationError } from '#libs/problem';
import { InputInvalid } from './problems.js';

/** Refuses a query or a body on a route that declares none: what is silently ignored is a client's bug unseen. */
@Injectable()
export class DeclaredInputGuard implements CanActivate {
  readonly #declared = new WeakMap<object, Set<RouteParamtypes>>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const declared = this.#of(context);
    const errors: ValidationError[] = [];
    if (!declared.has(RouteParamtypes.QUERY)) {
      for (const parameter of Object.keys(request.query as object)) {
        errors.push({ parameter, code: 'unrecognized', detail: 'Is not known here.' });
      }
    }
    const isStream = request.routeOptions.config.consumes !== undefined;
    if (
      !declared.has(RouteParamtypes.BODY) &&
      !isStream &&
      request.body !== undefined &&
      request.body !== null
    ) {
      errors.push({ pointer: '#', code: 'unrecognized', detail: 'This request has no body.' });
    }
    if (errors.length > 0) throw new InputInvalid(undefined, { errors });
    return true;
  }

  #of(context: ExecutionContext): Set<RouteParamtypes> {
    const handler = context.getHandler();
    let declared = this.#declared.get(handler);
    if (!declared) {
      const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) ??
        {}) as object;
      declared = new Set(Object.keys(args).map((key) => Number(key.split(':')[0])));
      this.#declared.set(handler, declared);
    }
    return declared;
  }
}
