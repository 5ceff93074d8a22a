import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';

/** A route as its decorators declare it. */
export interface DeclaredRoute {
  method: string;
  /** As the router knows it: `/v1/users/:id`. */
  path: string;
  controller: Type<object>;
  handler: (...args: unknown[]) => unknown;
  /** Of the handler in its controller. */
  name: string;
}

/** Every route that a controller declares. */
export function declaredRoutes(discovery: DiscoveryService, scanner: MetadataScanner): DeclaredRoute[] {
  return discovery.getControllers().flatMap(({ metatype }) => {
    const controller = metatype as Type<object>;
    const prototype = controller.prototype as Record<string, DeclaredRoute['handler']>;
    return scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
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
  const [outer, inner] = [controller, handler].map((target) =>
    [(Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined) ?? '/'].flat(),
  ) as [string[], string[]];
  return outer.flatMap((prefix) => inner.map((path) => joined(prefix, path)));
}

function joined(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
