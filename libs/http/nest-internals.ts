/**
 * What the decorators of Nest and its packages leave on classes and handlers. No package promises these names, so an
 * upgrade looks here first, and the boundaries keep imports from inside of `@nestjs` packages out of every other file.
 */
import type { RequestMethod } from '@nestjs/common';
import {
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
  RouteParamtypes,
} from '@nestjs/common/internal';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { THROTTLER_SKIP } from '@nestjs/throttler/dist/throttler.constants.js';
import type { FastifyContextConfig } from 'fastify';

/** What fills a parameter of a handler; `custom` for a decorator of our own. */
export interface HandlerInput {
  kind: keyof typeof RouteParamtypes | 'custom';
  /** Its place among the parameters, from 0. */
  index: number;
}

/** The method of `@Get()` and the like, or nothing when the handler is no route. */
export function methodOf(handler: object): RequestMethod | undefined {
  return read<RequestMethod>(METHOD_METADATA, handler);
}

/** The paths in the decorator of a controller or a route. */
export function pathsIn(target: object): string[] {
  return [read<string | string[]>(PATH_METADATA, target) ?? '/'].flat();
}

/** What `@Body()`, `@Query()` and the like fill. Nest keeps it with the controller, as `<kind>:<index>`. */
export function inputsOf(controller: object, handlerName: string): HandlerInput[] {
  const inputs = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handlerName) ?? {}) as Record<
    string,
    { index: number }
  >;
  return Object.entries(inputs).map(([key, { index }]) => ({
    // The key of a decorator of our own begins with a UUID, of which Number makes NaN.
    kind:
      (RouteParamtypes[Number(key.split(':')[0])] as keyof typeof RouteParamtypes | undefined) ?? 'custom',
    index,
  }));
}

/** What `@RouteConfig()` says of a handler. */
export function routeConfigOf(handler: object): FastifyContextConfig {
  return read<FastifyContextConfig>(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {};
}

/** Whether `@SkipThrottle()` stands on the handler, or else on its controller. */
export function skipsThrottle(controller: object, handler: object): boolean {
  // The one throttler there is has no name, which is this name to it.
  const key = `${THROTTLER_SKIP}default`;
  return read<boolean>(key, handler) ?? read<boolean>(key, controller) ?? false;
}

function read<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
