import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { DECORATORS } from '@nestjs/swagger';
import {
  type AccessRule,
  accessRule,
  type AuthenticationRequirement,
  authenticationRequirement,
} from '#libs/access';
import { type DeclaredRoute, declaredRoutes, routeConfigOf, skipsThrottle } from '#libs/http';
import { idempotencyRequirement } from '#libs/idempotency';

/** The properties that the decorators of a handler declare, without those that Nest describes itself. */
export interface Route {
  access: AccessRule | undefined;
  proof: AuthenticationRequirement | undefined;
  needsKey: boolean;
  ignoresKey: boolean;
  isVersioned: boolean;
  isLocated: boolean;
  /** True when requests count towards the quota of the caller. */
  isLimited: boolean;
  /** The media type of the answer, when it is not JSON; null when it has no content. */
  produces: string | null | undefined;
}

/** Returns every described route by its operationId. */
export function routesOf(app: INestApplication): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const route of allRoutes(app)) if (route.operationId) routes.set(route.operationId, route);
  return routes;
}

/** Returns every route of every controller, also of the controllers that the description leaves out. */
export function allRoutes(
  app: INestApplication,
): (DeclaredRoute & Route & { operationId: string | undefined })[] {
  const discovery = app.get(DiscoveryService, { strict: false });
  return declaredRoutes(discovery, new MetadataScanner()).map((declared) => ({
    ...declared,
    ...routeOf(declared.controller, declared.handler),
    operationId: read<{ operationId?: string }>(DECORATORS.API_OPERATION, declared.handler)?.operationId,
  }));
}

function routeOf(controller: object, handler: object): Route {
  return {
    access: read<AccessRule>(accessRule, handler),
    proof: read<AuthenticationRequirement>(authenticationRequirement, handler),
    needsKey: read(idempotencyRequirement, handler) === 'required',
    ignoresKey: read(idempotencyRequirement, handler) === 'ignored',
    isVersioned: routeConfigOf(handler).isVersioned === true,
    isLocated: routeConfigOf(handler).location !== undefined,
    isLimited: !skipsThrottle(controller, handler),
    produces: routeConfigOf(handler).produces,
  };
}

function read<T>(key: string | symbol, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
