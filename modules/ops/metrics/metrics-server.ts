import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '#libs/config';
import { collectMetrics, exposition, formatFor } from '#libs/metrics';
import { type Resource, resourceOf } from '#libs/observability';
import { type OpsOptions, opsOptions } from '../ops-options.js';

/**
 * Serves /metrics without credentials on a port of its own, for a Prometheus in the same private network. It exists only where a
 * port is configured.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger(MetricsServer.name);
  readonly #server = createServer(
    (request, response) => void respond(request, response, resourceOf(this.options.app)),
  );

  constructor(
    @Inject(opsOptions) private readonly options: OpsOptions,
    private readonly config: Config,
  ) {}

  /** The port that it listens on, or undefined. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { metricsPort } = this.options;
    if (metricsPort === undefined) return;
    this.#server.listen(metricsPort, this.config.HOST);
    await once(this.#server, 'listening');
    this.#log.log(`metrics for everybody on port ${this.port}`);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((closed) => this.#server.close(closed));
  }
}

async function respond(
  { url, method, headers }: IncomingMessage,
  response: ServerResponse,
  resource: Resource,
): Promise<void> {
  if (url !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
    return;
  }
  const { contentType, body } = exposition(await collectMetrics(), formatFor(headers.accept), resource);
  response.writeHead(200, { 'content-type': contentType }).end(method === 'HEAD' ? undefined : body);
}
