import type { RouteOptions } from 'fastify';
import type { AnswerSettings } from './presentation.js';

/** A method and path that the server answers. */
export interface RegisteredRoute {
  method: string;
  url: string;
  /** The reason why a route that no controller declares is open. */
  open: string | undefined;
  /** The media type of an answer that is no JSON; null for an answer without content. */
  produces: string | null | undefined;
  /** What its requests read as `routeOptions.config.answers`. */
  answers: AnswerSettings;
}

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

/** The methods of each path. The framework answers a wrong method as if the path did not exist. */
export class RouteTable {
  readonly #routes = new Map<string, Route>();
  readonly #registered: RegisteredRoute[] = [];

  /** Returns all registered routes, including those of plugins. */
  get registered(): readonly RegisteredRoute[] {
    return this.#registered;
  }

  add(options: RouteOptions): void {
    const route = this.#routes.get(options.url) ?? {
      pattern: patternOf(options.url),
      methods: new Set(['OPTIONS']),
    };
    // Fastify copies the configuration, but not what it refers to.
    const answers: AnswerSettings = {};
    const { open, produces } = (options.config = { ...options.config!, answers });
    for (const method of [options.method].flat().map((name) => name.toUpperCase())) {
      route.methods.add(method);
      this.#registered.push({ method, url: options.url, open, produces, answers });
    }
    this.#routes.set(options.url, route);
  }

  /** Returns the value of Allow for a path (RFC 9110 section 10.2.1), or undefined when there is no such path. */
  allow(rawPath: string): string | undefined {
    const path = decoded(rawPath);
    const methods = new Set<string>();
    for (const route of this.#routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return methods.size > 0 ? [...methods].sort().join(', ') : undefined;
  }
}

/** Returns the path as the router matches it: a client may percent-encode any letter. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment === '*') return '.*';
    return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${segments.join('/')}$`);
}
