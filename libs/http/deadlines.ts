import type { FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { isStreamed } from './content.js';
import { AnswerTooSlow, RequestTooSlow } from './problems.js';

/** Milliseconds. Each timeout is shorter than that of the component that waits for it. docs/operations.md lists them all. */
export const timeouts = {
  headers: 10_000,
  /** For a whole body, or for the next bytes of an upload. 64 KiB take 5 s at 13 KB/s, which is a bad telephone. */
  body: 5000,
  request: 120_000,
  handler: 10_000,
  /** For a client to read any of an answer. Half a minute spans the dead spot of a train ride. */
  unread: 30_000,
  keepAlive: 72_000,
  check: 2000,
  rights: 5000,
};

/**
 * Calls back when a body is late: when it is not complete in time, or for an upload when no byte has come since the last look.
 * Returns the function that ends the watch.
 */
export function watchBody(request: FastifyRequest, late: (problem: Problem) => void): () => void {
  const { raw } = request;
  const isUpload = isStreamed(request);
  // Node takes the socket from a request whose reader has stopped (stream.pipeline).
  const { socket } = raw;
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    // A handler that reads no further waits for nothing. Its own deadline is left.
    if (raw.destroyed) return;
    // Bytes that we have not read yet say that we are slow, and not the client.
    const moves = socket.bytesRead !== seen || raw.readableLength > 0;
    seen = socket.bytesRead;
    if (!isUpload || !moves) late(new RequestTooSlow());
  }, timeouts.body);
  return () => clearInterval(timer);
}

/**
 * Calls back when a handler takes longer than its route allows. Fastify's handlerTimeout is not used, because it ends when the
 * body has been read. Returns the function that ends the watch.
 */
export function watchHandler(request: FastifyRequest, late: (problem: Problem) => void): () => void {
  const limitMs = request.routeOptions.config?.handlerTimeoutMs ?? timeouts.handler;
  const timer = setTimeout(() => late(new AnswerTooSlow()), limitMs);
  return () => clearTimeout(timer);
}
