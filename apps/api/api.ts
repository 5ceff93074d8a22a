import cookie from '@fastify/cookie';
import fastifyStatic from '@fastify/static';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';
import type { Config } from '#libs/config';
import { HttpAdapter, type HttpEvents } from '#libs/http';
import { accessLog, AppLogger, currentTraceId, recordDuration, recordFailure } from '#libs/observability';
import { isRouteOfUsers } from '#modules/ops';
import { ApiModule } from './api.module.js';
import { serveConsole } from './console.js';
import { ApiDescription, docsFolder } from './docs.controller.js';

/** Creates the HTTP process, ready to listen. */
export async function createApi(config: Config): Promise<NestFastifyApplication> {
  const events = new RequestLogger();
  const adapter = new HttpAdapter(config, events);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.forRoot(config), adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  events.logger = await app.resolve(PinoLogger);
  await app.register(cookie);
  if (config.API_DOCS === 'on') {
    await app.register(fastifyStatic, { serve: false, root: docsFolder, maxAge: '1h' });
    app.get(ApiDescription).describe(app);
  }
  await serveConsole(app);
  app.useLogger(app.get(AppLogger));
  return app;
}

/** Logs one line for each response, and one for each failure of the server. */
class RequestLogger implements HttpEvents {
  logger: PinoLogger | undefined;

  answered: HttpEvents['answered'] = (request, reply) => {
    const { work } = request;
    if (!this.logger) return;
    const { method } = request;
    const { requestId } = work;
    const route = request.is404 ? undefined : request.routeOptions.url;
    const status = reply.statusCode;
    const durationMs = reply.elapsedTime;
    const traceId = currentTraceId();
    accessLog(this.logger, {
      method,
      route,
      status,
      durationMs,
      aborted: !reply.raw.writableFinished,
      requestId,
      principalId: work.principal?.id,
      traceId,
      clientNetwork: work.clientNetwork,
    });
    if (route === undefined || !isRouteOfUsers(route)) return;
    recordDuration({ method, route, status, seconds: durationMs / 1000, requestId, traceId });
  };

  failed: HttpEvents['failed'] = (error, request) => {
    const { requestId, principal } = request.work;
    recordFailure({
      source: 'request',
      name: request.routeOptions.url ?? 'unmatched',
      error,
      userId: principal?.kind === 'user' ? principal.id : undefined,
      requestId,
      traceId: currentTraceId(),
    });
    this.logger?.error(
      { err: error, request_id: requestId, route: request.routeOptions.url },
      'request failed',
    );
  };
}
