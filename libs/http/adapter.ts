import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { describeClient } from '#libs/observability';
import type { Problem } from '#libs/problem';
import { clientAddressOf, networkOf, proxyTest } from './client-address.js';
import { defaultBodyLimit, headFault, registerBodyParsers } from './content.js';
import { startDeadline, timeouts } from './deadlines.js';
import { hostFault } from './host.js';
import { countShed, observeActive, recordRequest } from './http-metrics.js';
import { LoadShedder } from './load-shedding.js';
import { ProblemResponder } from './problem-responder.js';
import { MethodNotAllowed, RouteNotFound } from './problems.js';
import { pathOf, workOf } from './request.js';
import { FinalResponse } from './response.js';
import { type RegisteredRoute, RouteTable } from './route-table.js';
import { securityHeaders } from './security-headers.js';
import { UsageMeter } from './usage-meter.js';

/** Bytes of a refused body that the server reads and discards. The limit allows for an upload that is slightly too large. */
const maxDiscarded = 64 * 1024 * 1024;

/** The media types that handlers receive as a stream. */
const streamed = ['text/csv', 'multipart/form-data'];

export interface HttpEvents {
  /** Receives every request when its response is sent or its client has disconnected. */
  answered(request: FastifyRequest, reply: FastifyReply): void;
  /** Receives errors that are our fault or a dependency's. Only the log may show their details. */
  failed(error: unknown, request: FastifyRequest): void;
}

/**
 * Fastify under Nest, for the API and for the probes of the worker. This class alone replaces the framework's own handlers
 * for errors, unknown paths and bodies.
 */
export class HttpAdapter extends FastifyAdapter {
  readonly #routes = new RouteTable();
  readonly #load: LoadShedder;
  readonly #answers: ProblemResponder;
  readonly #isProxy: (address: string) => boolean;
  readonly #stopObserving: () => void;
  #draining = false;

  constructor(
    private readonly config: Config,
    private readonly events: HttpEvents,
  ) {
    const answers = new ProblemResponder(config.PUBLIC_URL, (error, request) =>
      events.failed(error, request),
    );
    super({
      bodyLimit: defaultBodyLimit,
      requestIdHeader: false,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      maxRequestsPerSocket: 10_000,
      // A draining server still answers: it sends Connection: close, and the load balancer stops using it.
      return503OnClosing: false,
      forceCloseConnections: 'idle',
      http: {
        headersTimeout: timeouts.headers,
        connectionsCheckingInterval: timeouts.check,
        maxHeaderSize: 16_384,
        // The code below refuses a request without Host, with a problem.
        requireHostHeader: false,
      },
      routerOptions: { maxParamLength: 128 },
      frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        answers.refuseUnrouted(error, request, reply),
      clientErrorHandler: (error, socket) => answers.refuseUnparsed(error, socket),
    });
    this.#answers = answers;
    this.#isProxy = proxyTest(config.TRUSTED_PROXIES);
    this.#load = new LoadShedder(config.MAX_CONCURRENT_REQUESTS);
    this.#stopObserving = observeActive(() => [{ value: this.#load.count, by: {} }]);
    const instance = this.getInstance();
    instance.server.on('checkExpectation', (_request, response) => answers.refuseExpectation(response));
    // CONNECT makes a tunnel through a proxy. Without a listener Node closes the connection without an answer.
    instance.server.on('connect', (_request, socket) => answers.refuseMethod(socket));
    instance.decorateRequest('work');
    instance.decorateRequest('clientAddress');
    instance.addHook('onRoute', (route) => {
      this.#routes.add(route);
      if (route.config?.maxBytes !== undefined) route.bodyLimit = route.config.maxBytes;
    });
    instance.addHook('onRequest', (request, reply, done) => this.#receive(request, reply, done));
    // The events of the body run in the async context of the socket. This hook returns to the context of the request.
    instance.addHook('preValidation', (request, _reply, done) => runInContext(request.work, done));
    // This runs at the response and not at the request, because a request that arrived before the stop must not keep its
    // connection either.
    instance.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.#draining) void reply.header('connection', 'close');
      done();
    });
  }

  /** Makes every further response close its connection, so that clients move to another process. */
  drain(): void {
    this.#draining = true;
  }

  /** Returns the routes that are registered so far. */
  get registeredRoutes(): readonly RegisteredRoute[] {
    return this.#routes.registered;
  }

  /** Shows `look` all registered routes before the server listens. When `look` throws, the server does not start. */
  beforeListening(look: (registered: readonly RegisteredRoute[]) => void): void {
    this.getInstance().addHook('onReady', async () => look(this.#routes.registered));
  }

  override async close(): Promise<void> {
    const closed = super.close();
    await this.#load.idle(this.config.SHUTDOWN_DRAIN_MS);
    // The remaining connections have sent no request or take too long. A connection that a client opened in advance would
    // never end.
    this.getHttpServer().closeAllConnections();
    await closed;
    this.#stopObserving();
  }

  override registerParserMiddleware(): void {
    registerBodyParsers(this.getInstance(), streamed);
  }

  override setErrorHandler(): never {
    return this.getInstance().setErrorHandler((error, request, reply) =>
      this.answer(error, request, reply),
    ) as never;
  }

  override setNotFoundHandler(): never {
    return this.getInstance().setNotFoundHandler((request, reply) => this.#unrouted(request, reply)) as never;
  }

  override reply(
    ...[response, body, statusCode]: Parameters<FastifyAdapter['reply']>
  ): ReturnType<FastifyAdapter['reply']> {
    if (body instanceof FinalResponse) return body.sendTo(response as FastifyReply) as never;
    return super.reply(response, body, statusCode);
  }

  /** Sends the answer to any thrown error. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return this.#answers.answer(error, request, reply);
  }

  #receive(
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Problem & FastifyError) => void,
  ): void {
    // The address is read now, because a closed socket has none.
    const clientAddress = clientAddressOf(request.raw, this.#isProxy);
    const clientNetwork = clientAddress && networkOf(clientAddress);
    request.clientAddress = clientAddress;
    const usage = new UsageMeter(request);
    request.work = { ...workOf(request), ...(clientNetwork && { clientNetwork }), usage };
    describeClient(clientNetwork);
    void reply.headers(securityHeaders).header('x-request-id', request.work.requestId);
    this.#load.enter();
    const deadline = startDeadline(request, reply, (problem) => void this.answer(problem, request, reply));
    // Fastify calls onResponse only for complete responses, not when a client disconnects before the end.
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      this.#load.leave();
      recordRequest(request, reply, usage.end());
      this.events.answered(request, reply);
    });
    const overload = this.#load.refusalOf(request);
    if (overload) countShed({});
    const fault =
      overload ??
      hostFault(request, this.config.ALLOWED_HOSTS) ??
      headFault(request) ??
      // The hook answers here, because before the handler for unknown routes Fastify looks at the body.
      (request.is404 ? this.#routeFault(request) : undefined);
    // Node reads and discards the rest of a body, so that the answer arrives. For a very long body the connection closes
    // instead.
    if (fault && Number(request.headers['content-length'] ?? 0) > maxDiscarded)
      void reply.header('connection', 'close');
    runInContext(request.work, () => done(fault as (Problem & FastifyError) | undefined));
  }

  #unrouted(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const fault = this.#routeFault(request);
    if (fault) return this.answer(fault, request, reply);
    return reply
      .code(204)
      .header('allow', this.#routes.allow(pathOf(request.url)))
      .send();
  }

  /** Returns why no route answers this request. OPTIONS on a known path has no fault. */
  #routeFault(request: FastifyRequest): Problem | undefined {
    const allow = this.#routes.allow(pathOf(request.url));
    if (!allow) return new RouteNotFound();
    return request.method === 'OPTIONS' ? undefined : new MethodNotAllowed(undefined, { headers: { allow } });
  }
}
