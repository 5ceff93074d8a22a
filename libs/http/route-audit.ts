import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { accessRule } from '#libs/access';
import type { HttpAdapter } from './adapter.js';
import { type DeclaredRoute, declaredRoutes } from './declared-routes.js';
import { type HandlerInput, inputsOf } from './nest-internals.js';
import { schemaOf } from './schema.pipe.js';

const checkedInputs = new Set<HandlerInput['kind']>(['BODY', 'QUERY', 'PARAM']);

/**
 * Stops the start of the process when a route has no access rule or an unchecked input, or when no controller declares it and
 * no reason was given. No guard runs for routes of the last kind.
 */
@Injectable()
export class RouteAudit implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {}

  onApplicationBootstrap(): void {
    const routes = declaredRoutes(this.discovery, this.scanner);
    stopAt(routes.flatMap(faultsOf));
    // The routes of plugins appear only when the server gets ready, which is later than this hook.
    this.host.httpAdapter.beforeListening((registered) => {
      const declared = new Set(routes.map(({ method, path }) => `${method} ${path}`));
      const isKnown = (method: string, url: string) =>
        declared.has(`${method} ${url}`) || (method === 'HEAD' && declared.has(`GET ${url}`));
      stopAt(
        registered
          .filter(({ method, url, open }) => open === undefined && !isKnown(method, url))
          .map(
            ({ method, url }) =>
              `${method} ${url} belongs to no controller: name the reason why it is open, with { config: { open: '…' } }`,
          ),
      );
    });
  }
}

function stopAt(faults: string[]): void {
  if (faults.length > 0)
    throw new Error(`These routes are not protected:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
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
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype as object, name) ??
    []) as unknown[];
  return inputsOf(controller, name)
    .filter(({ kind, index }) => checkedInputs.has(kind) && !schemaOf(types[index]))
    .map(({ index }) => index);
}
