import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '#libs/problem';
import { AnswerTooSlow, RequestTooSlow } from './problems.js';

/** Milliseconds. Each timeout is shorter than that of the component that waits for it. docs/operations.md lists them all. */
export const timeouts = {
  headers: 10_000,
  request: 120_000,
  handler: 10_000,
  keepAlive: 72_000,
  check: 2000,
  rights: 5000,
};

/**
 * Answers in place of a handler that takes longer than its route allows. Fastify's handlerTimeout is not used, because it
 * ends when the body has been read. Returns the timer, which the caller clears, or undefined for a route without a limit.
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
