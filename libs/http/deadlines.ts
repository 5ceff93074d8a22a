import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { AnswerTooSlow, RequestTooSlow } from './problems.js';

/** Milliseconds; each is shorter than the one of whoever waits for it. docs/operations.md has the whole ladder. */
export const timeouts = {
  headers: 10_000,
  request: 120_000,
  handler: 10_000,
  keepAlive: 72_000,
  check: 2000,
};

/**
 * Answers in place of a handler that takes longer than its route allows. Not Fastify's handlerTimeout: that ends as soon
 * as the body has been read. Returns the timer, for the caller to clear; none for a route without a limit.
 */
export function startDeadline(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (problem: Problem) => void,
): NodeJS.Timeout | undefined {
  const limitMs = request.routeOptions.config?.handlerTimeoutMs ?? timeouts.handler;
  if (limitMs === 0) return undefined;
  return setTimeout(() => {
    if (reply.sent) return;
    const isArriving = !request.raw.complete;
    if (isArriving) void reply.header('connection', 'close');
    answer(isArriving ? new RequestTooSlow() : new AnswerTooSlow());
  }, limitMs);
}
