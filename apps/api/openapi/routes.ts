import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { DECORATORS } from '@nestjs/swagger';
import { THROTTLER_SKIP } from '@nestjs/throttler/dist/throttler.constants.js';
import type { FastifyContextConfig } from 'fastify';
import {
  type AccessRule,
  accessRule,
  type AuthenticationRequirement,
  authenticationRequirement,
} from '#libs/access';
import { type DeclaredRoute, declaredRoutes, located, versioned } from '#libs/http';
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
  /** The media type of the answer, when it is not JSON. */
  produces: string | undefined;
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

/** The metadata key of the only throttler. It has no name, and the package then uses `default`. */
const skipsLimit = `${THROTTLER_SKIP}default`;

function routeOf(controller: object, handler: object): Route {
  return {
    access: read<AccessRule>(accessRule, handler),
    proof: read<AuthenticationRequirement>(authenticationRequirement, handler),
    needsKey: read(idempotencyRequirement, handler) === 'required',
    ignoresKey: read(idempotencyRequirement, handler) === 'ignored',
    isVersioned: read(versioned, handler) === true,
    isLocated: read(located, handler) !== undefined,
    isLimited: !(read(skipsLimit, handler) ?? read(skipsLimit, controller)),
    produces: read<FastifyContextConfig>(FASTIFY_ROUTE_CONFIG_METADATA, handler)?.produces,
  };
}

function read<T>(key: string | symbol, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
