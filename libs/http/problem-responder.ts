import { METHODS, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problemDocument } from '#libs/problem';
import { ExpectationFailed, MethodNotImplemented, RequestMalformed } from './problems.js';
import { workOf } from './request.js';
import { encode, problemHeaders, problemResponse } from './response.js';
import { securityHeaders } from './security-headers.js';
import { toProblem } from './to-problem.js';

/** An error of Node's HTTP parser, with the bytes that it was reading. */
type ParseError = Error & { code?: string; rawPacket?: unknown };

/** A request line (RFC 9112 section 3). Group 1 is the method, which may be any token. */
const requestLine = /^([!#$%&'*+.^_`|~\w-]+) \S+ HTTP\/1\.[01]\r?\n/;

/**
 * Returns whether the bytes begin with a request line whose method the parser does not know. It cannot tell when the line
 * arrived in parts.
 */
function namesUnknownMethod(bytes: unknown): boolean {
  // Fastify's type of these bytes is wrong: Node gives a buffer, and none for errors outside of the parser.
  if (!Buffer.isBuffer(bytes)) return false;
  const method = requestLine.exec(bytes.toString('latin1', 0, maxRequestLine))?.[1];
  return method !== undefined && !METHODS.includes(method);
}

/** Bytes that the search for a request line looks at. It is the longest URL, with room for method and version. */
const maxRequestLine = 8192 + 64;

/** Sends every error answer. Any thrown value becomes application/problem+json (RFC 9457) here. */
export class ProblemResponder {
  constructor(
    private readonly publicUrl: string,
    /** Receives errors that are our fault or a dependency's. */
    private readonly failed: (error: unknown, request: FastifyRequest) => void,
  ) {}

  /** Sends the answer to anything that was thrown for a request. */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const problem = toProblem(error);
    // An expected refusal adds nothing to its access line in the log, and under overload there are thousands of refusals.
    if (problem.status >= 500 && !(error instanceof Problem)) this.failed(error, request);
    return problemResponse(problem, request, this.publicUrl).sendTo(reply);
  }

  /** Answers a request whose path the router refused before any hook ran. */
  refuseUnrouted(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    request.work = workOf(request);
    void reply.headers(securityHeaders).header('x-request-id', request.work.requestId);
    this.answer(error, request, reply);
  }

  /** Answers bytes that could not be parsed as a request, by writing the answer to the socket. */
  refuseUnparsed(error: ParseError, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    if (namesUnknownMethod(error.rawPacket)) {
      this.refuseMethod(socket);
      return;
    }
    const known = toProblem(error);
    const isHead = Buffer.isBuffer(error.rawPacket) && error.rawPacket.toString('latin1', 0, 5) === 'HEAD ';
    this.#end(socket, known.status >= 500 ? new RequestMalformed() : known, { isHead });
  }

  /** Refuses a method that no route can have, and ends the connection, whose further bytes cannot be understood. */
  refuseMethod(socket: Duplex): void {
    this.#end(socket, new MethodNotImplemented());
  }

  /** An answer to HEAD has no body, also when the rest of the request cannot be understood (RFC 9110 section 9.3.2). */
  #end(socket: Duplex, problem: Problem, { isHead = false } = {}): void {
    const { headers, body } = this.#withoutRequest(problem);
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.end(
      [`HTTP/1.1 ${problem.status} ${problem.kind}`, ...head, '', isHead ? '' : body.toString()].join('\r\n'),
    );
  }

  /**
   * Refuses an Expect header. The only defined expectation, 100-continue, never reaches this method (RFC 9110 section
   * 10.1.1).
   */
  refuseExpectation(response: ServerResponse): void {
    const problem = new ExpectationFailed();
    const { headers, body } = this.#withoutRequest(problem);
    response.writeHead(problem.status, headers).end(body);
  }

  #withoutRequest(problem: Problem) {
    const requestId = workOf({ headers: {} } as FastifyRequest).requestId;
    const body = encode(problemDocument(problem, { publicUrl: this.publicUrl, instance: '/', requestId }));
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
