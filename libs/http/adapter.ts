import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '#libs/config';
import { runInContext } from '#libs/context';
import { networkOf } from '#libs/observability';
import { Problem, problemDocument } from '#libs/problem';
import { contentFault, defaultBodyLimit, registerBodyParsers } from './content.js';
import { InFlight } from './in-flight.js';
import {
  AnswerTooSlow,
  ExpectationFailed,
  MethodNotAllowed,
  Overloaded,
  RequestMalformed,
  RequestTooSlow,
  RouteMissing,
} from './problems.js';
import { pathOf, workOf } from './request.js';
import { encode, FinalResponse, problemHeaders, problemResponse } from './response.js';
import { type RegisteredRoute, RouteTable } from './route-table.js';
import { securityHeaders } from './security-headers.js';
import { timeouts } from './timeouts.js';
import { toProblem } from './to-problem.js';

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
 * Fastify under Nest with one way to fail: whatever is thrown, wherever, leaves as application/problem+json.
 * The framework's own handlers for errors, unknown paths and bodies are replaced here and nowhere else.
 */
export class ApiAdapter extends FastifyAdapter {
  readonly #routes = new RouteTable();
  readonly #inFlight = new InFlight();
  #draining = false;

  constructor(
    private readonly config: Config,
    private readonly events: HttpEvents,
  ) {
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
        this.#refuseUnrouted(error, request, reply),
      clientErrorHandler: (error, socket) => this.#refuseUnparsed(error, socket),
    });
    const instance = this.getInstance();
    instance.server.on('checkExpectation', (_request, response) => this.#refuseExpectation(response));
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
    await this.#inFlight.idle(this.config.SHUTDOWN_DRAIN_MS);
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
    const problem = toProblem(error);
    // An expected refusal says nothing that the access line does not, and comes in thousands when there is too much to do.
    if (problem.status >= 500 && !(error instanceof Problem)) this.events.failed(error, request);
    return problemResponse(problem, request, this.config.PUBLIC_URL).sendTo(reply);
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
    this.#inFlight.enter();
    const deadline = this.#setDeadline(request, reply);
    // Not Fastify's onResponse: that is not called for a client that went away in the middle.
    reply.raw.once('close', () => {
      clearTimeout(deadline);
      this.#inFlight.leave();
      this.events.answered(request, reply, ip);
    });
    const fault = this.#faultOf(request);
    // Node reads on and throws away what is left of a body, so that the answer arrives; not of a very long one.
    if (fault && Number(request.headers['content-length'] ?? 0) > maxDiscarded)
      void reply.header('connection', 'close');
    runInContext(request.work, () => done(fault as (Problem & FastifyError) | undefined));
  }

  #faultOf(request: FastifyRequest): Problem | undefined {
    if (this.#isFull(request)) return new Overloaded(undefined, { retryAfter: 1 });
    const isHostMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    // RFC 9112 section 3.2.
    if (isHostMissing) return new RequestMalformed('The header Host is missing.');
    return contentFault(request);
  }

  /** Not Fastify's handlerTimeout: that ends as soon as the body has been read. */
  #setDeadline(request: FastifyRequest, reply: FastifyReply): NodeJS.Timeout | undefined {
    const limitMs = request.routeOptions.config?.handlerTimeoutMs ?? timeouts.handler;
    if (limitMs === 0) return undefined;
    return setTimeout(() => {
      if (reply.sent) return;
      const isArriving = !request.raw.complete;
      if (isArriving) void reply.header('connection', 'close');
      this.answer(isArriving ? new RequestTooSlow() : new AnswerTooSlow(), request, reply);
    }, limitMs);
  }

  /** Refusing at once is kinder than answering too late. Probes are always answered, or a busy process would be killed. */
  #isFull(request: FastifyRequest): boolean {
    const isProbe = request.routeOptions.url?.startsWith('/health/') ?? false;
    return !isProbe && this.#inFlight.count > this.config.MAX_CONCURRENT_REQUESTS;
  }

  #unrouted(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const allow = this.#routes.allow(pathOf(request.url));
    if (!allow) return this.answer(new RouteMissing(), request, reply);
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    return this.answer(new MethodNotAllowed(undefined, { headers: { allow } }), request, reply);
  }

  /** The router refused the path before any hook ran. */
  #refuseUnrouted(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    request.work = workOf(request);
    void reply.headers(securityHeaders).header('x-request-id', request.work.requestId);
    this.answer(error, request, reply);
  }

  /** The bytes never became a request: the answer is written to the socket by hand. */
  #refuseUnparsed(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const known = toProblem(error);
    const problem = known.status >= 500 ? new RequestMalformed() : known;
    const { headers, body } = this.#unroutedAnswer(problem);
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${problem.status} ${problem.kind}`, ...head, '', body.toString()].join('\r\n'));
  }

  /** The only expectation there is, 100-continue, never comes here (RFC 9110 section 10.1.1). */
  #refuseExpectation(response: ServerResponse): void {
    const problem = new ExpectationFailed();
    const { headers, body } = this.#unroutedAnswer(problem);
    response.writeHead(problem.status, headers).end(body);
  }

  #unroutedAnswer(problem: Problem) {
    const requestId = workOf({ headers: {} } as FastifyRequest).requestId;
    const body = encode(
      problemDocument(problem, { publicUrl: this.config.PUBLIC_URL, instance: '/', requestId }),
    );
    const headers = {
      ...securityHeaders,
      ...problemHeaders(problem),
      'x-request-id': requestId,
      'content-length': body.length,
      connection: 'close',
    };
    return { headers, body };
  }
}
