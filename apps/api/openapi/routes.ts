import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import { DECORATORS } from '@nestjs/swagger';
import { THROTTLER_SKIP } from '@nestjs/throttler/dist/throttler.constants.js';
import type { FastifyContextConfig } from 'fastify';
import { type AccessRule, accessRule, requiredProof } from '#libs/access';
import { located, versioned } from '#libs/http';
import { idempotencyRequirement } from '#libs/idempotency';

/** What the decorators of a handler promise, apart from what the description has already. */
export interface Route {
  access: AccessRule | undefined;
  /** No API key enters, only a browser session. */
  needsSession: boolean;
  needsKey: boolean;
  isVersioned: boolean;
  isLocated: boolean;
  /** Counts towards the caller's quota of requests. */
  isLimited: boolean;
  /** Media type of the answer, when it is not JSON. */
  produces: string | undefined;
}

/** Every route, by its operationId. */
export function routesOf(app: INestApplication): Map<string, Route> {
  const discovery = app.get(DiscoveryService, { strict: false });
  const scanner = new MetadataScanner();
  const routes = new Map<string, Route>();
  for (const { metatype } of discovery.getControllers()) {
    const controller = metatype as { prototype: Record<string, object> };
    for (const name of scanner.getAllMethodNames(controller.prototype)) {
      const handler = controller.prototype[name]!;
      const operation = read<{ operationId?: string }>(DECORATORS.API_OPERATION, handler);
      if (operation?.operationId) routes.set(operation.operationId, routeOf(controller, handler));
    }
  }
  return routes;
}

/** The one throttler there is has no name, which is this name to it. */
const skipsLimit = `${THROTTLER_SKIP}default`;

function routeOf(controller: object, handler: object): Route {
  return {
    access: read<AccessRule>(accessRule, handler),
    needsSession: read(requiredProof, handler) !== undefined,
    needsKey: read(idempotencyRequirement, handler) === 'required',
    isVersioned: read(versioned, handler) === true,
    isLocated: read(located, handler) !== undefined,
    isLimited: !(read(skipsLimit, handler) ?? read(skipsLimit, controller)),
    produces: read<FastifyContextConfig>(FASTIFY_ROUTE_CONFIG_METADATA, handler)?.produces,
  };
}

function read<T>(key: string | symbol, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
