import { Injectable, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { accessRule } from '#libs/access';
import { schemaOf } from './schema.pipe.js';

type Handler = (...args: unknown[]) => unknown;

const checkedInputs = new Set<number>([RouteParamtypes.BODY, RouteParamtypes.QUERY, RouteParamtypes.PARAM]);

/** Closed by default: a route without an access rule, or with an unchecked input, stops the boot. */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const faults = this.discovery
      .getControllers()
      .flatMap(({ metatype }) => this.#faultsOf(metatype as Type<object>));
    if (faults.length > 0)
      throw new Error(`These routes are not closed:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }

  #faultsOf(controller: Type<object>): string[] {
    const prototype = controller.prototype as Record<string, Handler>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      if (!Reflect.hasMetadata(PATH_METADATA, handler)) return [];
      const route = `${controller.name}.${name}`;
      return [
        ...(Reflect.hasMetadata(accessRule, handler)
          ? []
          : [
              `${route} has no access rule: add @Public(reason), @Authenticated(), @RequirePermission(…) or @ServiceOnly(scope)`,
            ]),
        ...uncheckedInputs(controller, prototype, name).map(
          (index) => `${route}: parameter ${index + 1} has no Zod schema`,
        ),
      ];
    });
  }
}

function uncheckedInputs(controller: Type<object>, prototype: object, name: string): number[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', prototype, name) ?? []) as unknown[];
  return Object.entries(args)
    .filter(([key, { index }]) => checkedInputs.has(Number(key.split(':')[0])) && !schemaOf(types[index]))
    .map(([, { index }]) => index);
}
