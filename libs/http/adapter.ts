import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { describeClient } from '#libs/observability';
import type { Problem } from '#libs/problem';
import { clientAddressOf, networkOf, proxyTest } from './client-address.js';
import { Connections } from './connections.js';
import { defaultBodyLimit, headFault, registerBodyParsers } from './content.js';
import { corsHeaders, isPreflight, preflightHeaders } from './cors.js';
import { timeouts } from './deadlines.js';
import { Exchange, Exchanges } from './exchange.js';
import { hostFault } from './host.js';
import { observeActive, recordRequest } from './http-metrics.js';
import { LoadShedder } from './load-shedder.js';
import { present } from './presentation.js';
import { ProblemResponder } from './problem-responder.js';
import { MethodNotAllowed, RouteNotFound } from './problems.js';
import { pathOf, workOf } from './request.js';
import { FinalResponse } from './response.js';
import { type RegisteredRoute, RouteTable } from './route-table.js';
import { securityHeaders } from './security-headers.js';
import { UsageMeter } from './usage-meter.js';

/** Bytes of a refused body that the server reads and discards. The limit allows for an upload that is slightly too large. */
const maxDiscarded = 64 * 1024 * 1024;

/** Milliseconds between two looks at what slow clients hold. */
const sweepEvery = 1000;

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
  readonly #streamWatchers: ((answer: StreamableFile, reply: FastifyReply) => void)[] = [];
  readonly #exchanges: Exchanges;
  readonly #connections: Connections;
  readonly #answers: ProblemResponder;
  readonly #isProxy: (address: string) => boolean;
  readonly #sweeps: NodeJS.Timeout;
  readonly #stopObserving: () => void;
  #draining = false;

  constructor(
    private readonly config: Config,
    private readonly events: HttpEvents,
  ) {
    const answers = new ProblemResponder(config, (error, request) => events.failed(error, request));
    super({
      bodyLimit: defaultBodyLimit,
      requestIdHeader: false,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      maxRequestsPerSocket: 10_000,
      // A draining server still answers: it sends Connection: close, and the load balancer stops using it.
      return503OnClosing: false,
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
    const load = new LoadShedder(config.MAX_CONCURRENT_REQUESTS);
    this.#exchanges = new Exchanges(load);
    this.#stopObserving = observeActive(() => [{ value: load.count, by: {} }]);
    const instance = this.getInstance();
    this.#connections = new Connections(instance.server, this.#isProxy);
    this.#sweeps = setInterval(() => this.#sweep(), sweepEvery).unref();
    instance.server.on('checkExpectation', (_request, response) => answers.refuseExpectation(response));
    // CONNECT makes a tunnel through a proxy. Without a listener Node closes the connection without an answer.
    instance.server.on('connect', (_request, socket) => {
      // Node has taken its own listener away, and the error of a client that has gone would end the process.
      socket.on('error', () => {});
      answers.refuseMethod(socket);
    });
    instance.decorateRequest('work');
    instance.decorateRequest('clientAddress');
    instance.decorateRequest('exchange');
    instance.addHook('onRoute', (route) => {
      this.#routes.add(route);
      if (route.config?.maxBytes !== undefined) route.bodyLimit = route.config.maxBytes;
    });
    instance.addHook('onRequest', (request, reply, done) => this.#receive(request, reply, done));
    instance.addHook('preValidation', (request, _reply, done) => {
      const refusal = request.exchange?.arrived();
      // The events of the body run in the async context of the socket. This returns to the context of the request.
      runInContext(request.work, () => done(refusal as (Problem & FastifyError) | undefined));
    });
    instance.addHook('onSend', (request, reply, payload, done) => this.#send(request, reply, payload, done));
  }

  /** Makes every further response close its connection, so that clients move to another process. */
  drain(): void {
    this.#draining = true;
  }

  /** Calls `look` for each answer that begins to stream. */
  watchStreams(look: (answer: StreamableFile, reply: FastifyReply) => void): void {
    this.#streamWatchers.push(look);
  }

  /** Returns the routes that are registered so far. */
  get registeredRoutes(): readonly RegisteredRoute[] {
    return this.#routes.registered;
  }

  /** Shows `look` all registered routes before the server listens. When `look` throws, the server does not start. */
  beforeListening(look: (registered: readonly RegisteredRoute[]) => void): void {
    this.getInstance().addHook('onReady', async () => look(this.#routes.registered));
  }

  /**
   * Serves what has come and closes. The listening socket closes only when nothing waits in the kernel, because the clients of
   * connections that were not accepted would see a reset. Only the drain limit cuts a request off.
   */
  override async close(): Promise<void> {
    const { SHUTDOWN_DRAIN_MS, SHUTDOWN_HOLD_MS } = this.config;
    const until = performance.now() + SHUTDOWN_DRAIN_MS;
    this.drain();
    await this.#connections.quiet(until);
    this.getHttpServer().close();
    await this.#connections.drained(until, SHUTDOWN_HOLD_MS);
    clearInterval(this.#sweeps);
    await super.close();
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
    const reply = response as FastifyReply;
    if (body instanceof StreamableFile) for (const look of this.#streamWatchers) look(body, reply);
    const presented = present(body, reply, this.config.PUBLIC_URL);
    if (presented instanceof FinalResponse) return presented.sendTo(reply) as never;
    return super.reply(response, presented, statusCode);
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
    request.work = { ...workOf(request), ...(clientNetwork && { clientNetwork }) };
    describeClient(clientNetwork);
    void reply
      .headers(securityHeaders)
      .headers(corsHeaders(request, this.config.ALLOWED_ORIGINS))
      .header('x-request-id', request.work.requestId);
    this.#connections.takeTurn(reply.raw, () => this.#begin(request, reply, done));
  }

  #begin(request: FastifyRequest, reply: FastifyReply, done: (error?: Problem & FastifyError) => void): void {
    const usage = (request.work.usage = new UsageMeter(request));
    const exchange = new Exchange(this.#exchanges, request, (problem) => this.#late(problem, request, reply));
    request.exchange = exchange;
    const { ALLOWED_HOSTS, ALLOWED_ORIGINS } = this.config;
    // Fastify calls onResponse only for complete responses, not when a client disconnects before the end.
    reply.raw.once('close', () => {
      exchange.closed();
      recordRequest(request, reply, usage.end());
      this.events.answered(request, reply);
    });
    // Every preflight passes, whatever is wrong with the request: a page can read the refusal of the request that follows, and
    // not that of the preflight.
    if (isPreflight(request, ALLOWED_ORIGINS)) {
      void reply.code(204).headers(preflightHeaders).send();
      return;
    }
    const fault =
      exchange.begin() ??
      hostFault(request, ALLOWED_HOSTS) ??
      headFault(request) ??
      // The hook answers here, because before the handler for unknown routes Fastify looks at the body.
      (request.is404 ? this.#routeFault(request) : undefined);
    // Node reads and discards the rest of a body, so that the answer arrives. For a very long body the connection closes
    // instead.
    if (fault && Number(request.headers['content-length'] ?? 0) > maxDiscarded)
      void reply.header('connection', 'close');
    runInContext(request.work, () => done(fault as (Problem & FastifyError) | undefined));
  }

  /** Answers in place of a handler or a body that is late. */
  #late(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
    const isArriving = !request.raw.complete && !reply.raw.headersSent;
    if (isArriving) void reply.header('connection', 'close');
    // After an answer Node tells no reader of the body that the rest will never come.
    if (isArriving) reply.raw.once('close', () => request.raw.destroy());
    this.answer(problem, request, reply);
  }

  #send(
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: Error | null, payload?: unknown) => void,
  ): void {
    // Requests that arrived before the stop must not keep their connection either. A client that has sent further requests
    // gets their answers first.
    if (this.#draining && !this.#connections.hasWaiting(reply.raw)) void reply.header('connection', 'close');
    const refusal = request.exchange?.answered(payload);
    if (!refusal) return done(null, payload);
    if (payload instanceof Readable) payload.destroy();
    return done(null, this.#answers.replace(refusal, request, reply));
  }

  #sweep(): void {
    this.#connections.sweep();
    this.#exchanges.sweep();
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
