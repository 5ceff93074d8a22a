/**
 * The names under which the decorators of Nest and its packages store data on classes and handlers. No package guarantees
 * these names, so check this file first after an upgrade. The boundaries forbid imports from inside of `@nestjs` packages in
 * every other file.
 */
import type { RequestMethod } from '@nestjs/common';
import {
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
} from '@nestjs/common/internal';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { THROTTLER_SKIP } from '@nestjs/throttler/dist/throttler.constants.js';
import type { FastifyContextConfig } from 'fastify';
import type { ZodDto } from 'nestjs-zod';
import { z } from 'zod';

/** The source of a handler's parameter; `custom` for a decorator of our own. */
export interface HandlerInput {
  kind: keyof typeof RouteParamtypes | 'custom';
  /** The position among the parameters, from 0. */
  index: number;
}

/** Returns the method of `@Get()` and similar decorators, or undefined when the handler is no route. */
export function methodOf(handler: object): RequestMethod | undefined {
  return read<RequestMethod>(METHOD_METADATA, handler);
}

/** Returns the paths in the decorator of a controller or a route. */
export function pathsIn(target: object): string[] {
  return [read<string | string[]>(PATH_METADATA, target) ?? '/'].flat();
}

/**
 * Returns the parameters that `@Body()`, `@Query()` and similar decorators fill. Nest stores them on the controller, as
 * `<kind>:<index>`.
 */
export function inputsOf(controller: object, handlerName: string): HandlerInput[] {
  const inputs = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ?? {}) as Record<
    string,
    { index: number }
  >;
  return Object.entries(inputs).map(([key, { index }]) => ({
    // The key of a decorator of our own begins with a UUID, which Number turns into NaN.
    kind:
      (RouteParamtypes[Number(key.split(':')[0])] as keyof typeof RouteParamtypes | undefined) ?? 'custom',
    index,
  }));
}

/** Returns the `@RouteConfig()` of a handler. */
export function routeConfigOf(handler: object): FastifyContextConfig {
  return read<FastifyContextConfig>(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {};
}

/** Returns the interceptors that decorators have put on a handler, the outermost first. */
export function interceptorsOf(handler: object): unknown[] {
  return read<unknown[]>(INTERCEPTORS_METADATA, handler) ?? [];
}

/** Returns the encoding by the schema of a handler's `@ZodResponse`, if it has one. */
export function viewOf(handler: object): ((answer: unknown) => unknown) | undefined {
  const declared = read<ZodDto | [ZodDto]>('ZOD_SERIALIZER_DTO_OPTIONS', handler);
  if (!declared) return undefined;
  const [dto] = [declared].flat();
  const schema = Array.isArray(declared) ? z.array(dto!.schema as z.ZodType) : (dto!.schema as z.ZodType);
  return dto!.codec ? (answer) => z.encode(schema, answer) : (answer) => schema.parse(answer);
}

/** Returns whether `@SkipThrottle()` is on the handler, or else on its controller. */
export function skipsThrottle(controller: object, handler: object): boolean {
  // The only throttler has no name, for which Nest uses the name `default`.
  const key = `${THROTTLER_SKIP}default`;
  return read<boolean>(key, handler) ?? read<boolean>(key, controller) ?? false;
}

function read<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
