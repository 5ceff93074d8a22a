import { RequestMethod, type Type } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { methodOf, pathsIn } from './nest-internals.js';

/** A route as its decorators declare it. */
export interface DeclaredRoute {
  method: string;
  /** The path as the router knows it: `/v1/users/:id`. */
  path: string;
  controller: Type<object>;
  handler: (...args: unknown[]) => unknown;
  /** The name of the handler method in its controller. */
  name: string;
}

/** Returns every route that a controller declares. */
export function declaredRoutes(discovery: DiscoveryService, scanner: MetadataScanner): DeclaredRoute[] {
  return discovery.getControllers().flatMap(({ metatype }) => {
    const controller = metatype as Type<object>;
    const prototype = controller.prototype as Record<string, DeclaredRoute['handler']>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const method = methodOf(handler);
      if (method === undefined) return [];
      return pathsOf(controller, handler).map((path) => ({
        method: RequestMethod[method],
        path,
        controller,
        handler,
        name,
      }));
    });
  });
}

function pathsOf(controller: object, handler: object): string[] {
  return pathsIn(controller).flatMap((prefix) => pathsIn(handler).map((path) => joined(prefix, path)));
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
