import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import type { HttpAdapter } from './adapter.js';
import { declaredRoutes } from './declared-routes.js';
import { viewOf } from './nest-internals.js';

/** Gives each route the encoding of its `@ZodResponse`, so that no request has to look it up. */
@Injectable()
export class RouteViews implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {}

  onApplicationBootstrap(): void {
    const views = new Map(
      declaredRoutes(this.discovery, this.scanner).flatMap(({ method, path, handler }) => {
        const view = viewOf(handler);
        return view ? [[`${method} ${path}`, view]] : [];
      }),
    );
    const missing = new Set(views.keys());
    for (const { method, url, answers } of this.host.httpAdapter.registeredRoutes) {
      const route = `${method === 'HEAD' ? 'GET' : method} ${url}`;
      const view = views.get(route);
      if (view) answers.encode = view;
      missing.delete(route);
    }
    // Without its view, a route would show everything that its handler returns.
    if (missing.size > 0)
      throw new Error(`The views of these routes have no place: ${[...missing].join(', ')}`);
  }
}
