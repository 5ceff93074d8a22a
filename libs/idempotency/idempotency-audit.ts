import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { type AccessRule, accessRule } from '#libs/access';
import { declaredRoutes, interceptorsOf, isSafe } from '#libs/http';
import { idempotencyRequirement } from './idempotency-key.guard.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';

/** Without a principal a key has no owner, so a route that recognises nobody ignores it. */
function isAnonymous(handler: object): boolean {
  const rule = Reflect.getMetadata(accessRule, handler) as AccessRule | undefined;
  return rule?.kind === 'public' && !rule.recognise;
}

/** Stops the start of the process when a route that changes something does not say what it does with an Idempotency-Key. */
@Injectable()
export class IdempotencyAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const faults = declaredRoutes(this.discovery, this.scanner).flatMap(
      ({ method, controller, name, handler }) => {
        if (isSafe(method) || isAnonymous(handler)) return [];
        const route = `${controller.name}.${name}`;
        if (!Reflect.hasMetadata(idempotencyRequirement, handler))
          return [
            `${route}: add @RequireIdempotencyKey(), @AcceptIdempotencyKey() or @IgnoreIdempotencyKey()`,
          ];
        // What stands inside of it would run in its transaction, and a slow upload must not keep one open.
        const interceptors = interceptorsOf(handler);
        const isInnermost =
          !interceptors.includes(IdempotencyInterceptor) || interceptors.at(-1) === IdempotencyInterceptor;
        return isInnermost
          ? []
          : [`${route}: put the decorator of the Idempotency-Key above those of other interceptors`];
      },
    );
    if (faults.length > 0)
      throw new Error(
        `These routes do not treat the Idempotency-Key as they must:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
      );
  }
}
