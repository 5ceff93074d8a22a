import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ValidationError } from '#libs/problem';
import { isStreamed } from './content.js';
import { type HandlerInput, inputsOf } from './nest-internals.js';
import { InputInvalid } from './problems.js';

/** Refuses a query or body on a route that declares none: silently ignoring it would hide a bug of the client. */
@Injectable()
export class DeclaredInputGuard implements CanActivate {
  readonly #declared = new WeakMap<object, Set<HandlerInput['kind']>>();

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const declared = this.#of(context);
    const errors: ValidationError[] = [];
    if (!declared.has('QUERY')) {
      for (const parameter of Object.keys(request.query as object)) {
        errors.push({ parameter, code: 'unrecognized', detail: 'Is not known here.' });
      }
    }
    if (!declared.has('BODY') && !isStreamed(request) && request.body !== undefined) {
      errors.push({ pointer: '#', code: 'unrecognized', detail: 'This request has no body.' });
    }
    if (errors.length > 0) throw new InputInvalid(undefined, { errors });
    return true;
  }

  #of(context: ExecutionContext): Set<HandlerInput['kind']> {
    const handler = context.getHandler();
    let declared = this.#declared.get(handler);
    if (!declared) {
      declared = new Set(inputsOf(context.getClass(), handler.name).map(({ kind }) => kind));
      this.#declared.set(handler, declared);
    }
    return declared;
  }
}
