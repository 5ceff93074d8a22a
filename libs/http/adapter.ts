import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { networkOf } from '#libs/observability';
import type { Problem } from '#libs/problem';
import { defaultBodyLimit, headFault, registerBodyParsers } from './content.js';
import { startDeadline, timeouts } from './deadlines.js';
import { LoadShedder } from './load-shedding.js';
import { ProblemAnswers } from './problem-answers.js';
import { MethodNotAllowed, RouteNotFound } from './problems.js';
import { pathOf, workOf } from './request.js';
import { FinalResponse } from './response.js';
import { type RegisteredRoute, RouteTable } from './route-table.js';
import { securityHeaders } from './security-headers.js';

/** Bytes of a refused body that are read for nothing. Above an upload that is only a little too large. */
const maxDiscarded = 64 * 1024 * 1024;

/** The media types that reach their handler as a stream. */
const streamed = ['text/csv', 'multipart/form-data'];

export interface HttpEvents {
  /** Every request, when its response is sent or its client has gone away. */
  answered(request: FastifyRequest, reply: FastifyReply, clientAddress: string): void;
  /** An error that is our fault or a dependency's: its details are for the log alone. */
  failed(error: unknown, request: FastifyRequest): void;
}

/**
 * Fastify under Nest, for the API and for the probes of the worker. The framework's own handlers for errors, unknown paths
 * and bodies are replaced here and nowhere else.
 */
export class HttpAdapter extends FastifyAdapter {
  readonly #routes = new RouteTable();
  readonly #load: LoadShedder;
  readonly #answers: ProblemAnswers;
  #draining = false;

  constructor(
    private readonly config: Config,
    private readonly events: HttpEvents,
  ) {
    const answers = new ProblemAnswers(config.PUBLIC_URL, (error, request) => events.failed(error, request));
    super({
      bodyLimit: defaultBodyLimit,
      requestIdHeader: false,
      trustProxy: config.TRUSTED_PROXIES.length > 0 ? config.TRUSTED_PROXIES : false,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      maxRequestsPerSocket: 10_000,
      // A draining server still answers: it says Connection: close and lets the balancer notice.
      return503OnClosing: false,
      forceCloseConnections: 'idle',
      http: {
        headersTimeout: timeouts.headers,
        connectionsCheckingInterval: timeouts.check,
        maxHeaderSize: 16_384,
        // Without a Host the request is refused here, as a problem.
        requireHostHeader: false,
      },
      routerOptions: { maxParamLength: 128 },
      frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
        answers.refuseUnrouted(error, request, reply),
      clientErrorHandler: (error, socket) => answers.refuseUnparsed(error, socket),
    });
    this.#answers = answers;
    this.#load = new LoadShedder(config.MAX_CONCURRENT_REQUESTS);
    const instance = this.getInstance();
    instance.server.on('checkExpectation', (_request, response) => answers.refuseExpectation(response));
    instance.decorateRequest('work');
    instance.addHook('onRoute', (route) => {
      this.#routes.add(route);
      if (route.config?.maxBytes !== undefined) route.bodyLimit = route.config.maxBytes;
    });
    instance.addHook('onRequest', (request, reply, done) => this.#receive(request, reply, done));
    // The body's events run in the async context of the socket; from here on it is the request's again.
    instance.addHook('preValidation', (request, _reply, done) => runInContext(request.work, done));
    // Here and not on arrival: a request that came before the stop began must not keep its connection either.
    instance.addHook('onSend', (_request, reply, _payload, done) => {
      if (this.#draining) void reply.header('connection', 'close');
      done();
    });
  }

  /** From now on every response asks its connection to close, so that clients move to another process. */
  drain(): void {
    this.#draining = true;
  }

  /** What the server answers by now. */
  get registeredRoutes(): readonly RegisteredRoute[] {
    return this.#routes.registered;
  }

  /** Looks at everything that the server will answer; when the look throws, it answers nothing. */
  beforeListening(look: (registered: readonly RegisteredRoute[]) => void): void {
    this.getInstance().addHook('onReady', async () => look(this.#routes.registered));
  }

  override async close(): Promise<void> {
    const closed = super.close();
    await this.#load.idle(this.config.SHUTDOWN_DRAIN_MS);
    // What is left has asked nothing, or takes too long: a connection opened in advance would keep us for ever.
    this.getHttpServer().closeAllConnections();
    await closed;
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

  /** Answers anything that was thrown. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return this.#answers.answer(error, request, reply);
  }

  #receive(
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Problem & FastifyError) => void,
  ): void {
    // Asked now: a socket that is closed has no address any more.
    const { ip } = request;
    request.work = { ...workOf(request), clientNetwork: networkOf(ip) };
    void reply.headers(securityHeaders).header('x-request-id', request.work.requestId);
    this.#load.enter();
    const deadline = startDeadline(request, reply, (problem) => void this.answer(problem, request, reply));
    // Not Fastify's onResponse: that is not called for a client that went away in the middle.
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      this.#load.leave();
      this.events.answered(request, reply, ip);
    });
    const fault = this.#load.refusalOf(request) ?? headFault(request);
    // Node reads on and throws away what is left of a body, so that the answer arrives; not of a very long one.
    if (fault && Number(request.headers['content-length'] ?? 0) > maxDiscarded)
      void reply.header('connection', 'close');
    runInContext(request.work, () => done(fault as (Problem & FastifyError) | undefined));
  }

  #unrouted(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const allow = this.#routes.allow(pathOf(request.url));
    if (!allow) return this.answer(new RouteNotFound(), request, reply);
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    return this.answer(new MethodNotAllowed(undefined, { headers: { allow } }), request, reply);
  }
}
