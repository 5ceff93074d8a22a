import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { accessRule } from '#libs/access';
import type { ApiAdapter } from './adapter.js';
import { type DeclaredRoute, declaredRoutes } from './declared-routes.js';
import { schemaOf } from './schema.pipe.js';

const checkedInputs = new Set<number>([RouteParamtypes.BODY, RouteParamtypes.QUERY, RouteParamtypes.PARAM]);

/**
 * Closed by default: a route without an access rule, with an unchecked input, or one that no controller declares and
 * nobody said a reason for stops the boot. No guard runs for the last kind.
 */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly host: HttpAdapterHost<ApiAdapter>,
  ) {}

  onApplicationBootstrap(): void {
    const routes = declaredRoutes(this.discovery, this.scanner);
    stopAt(routes.flatMap(faultsOf));
    // Later than this hook: the routes of plugins appear when the server gets ready.
    this.host.httpAdapter.beforeListening((registered) => {
      const declared = new Set(routes.map(({ method, path }) => `${method} ${path}`));
      const isKnown = (method: string, url: string) =>
        declared.has(`${method} ${url}`) || (method === 'HEAD' && declared.has(`GET ${url}`));
      stopAt(
        registered
          .filter(({ method, url, open }) => open === undefined && !isKnown(method, url))
          .map(
            ({ method, url }) =>
              `${method} ${url} belongs to no controller: say why it is open, with { config: { open: '…' } }`,
          ),
      );
    });
  }
}

function stopAt(faults: string[]): void {
  if (faults.length > 0)
    throw new Error(`These routes are not closed:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
}

function faultsOf(route: DeclaredRoute): string[] {
  const name = `${route.controller.name}.${route.name}`;
  return [
    ...(Reflect.hasMetadata(accessRule, route.handler)
      ? []
      : [
          `${name} has no access rule: add @Public(reason), @Authenticated(), @RequirePermission(…) or @ServiceOnly(scope)`,
        ]),
    ...uncheckedInputs(route).map((index) => `${name}: parameter ${index + 1} has no Zod schema`),
  ];
}

function uncheckedInputs({ controller, name }: DeclaredRoute): number[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<
    string,
    { index: number }
  >;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as unknown[];
  return Object.entries(args)
    .filter(([key, { index }]) => checkedInputs.has(Number(key.split(':')[0])) && !schemaOf(types[index]))
    .map(([, { index }]) => index);
}
