import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** An expected failure, with the status of its answer. */
export class Refused extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
  ) {
    super(code);
  }
}

/** Answers errors as application/problem+json (RFC 9457). No measured request gets here. */
export function answerWithProblems(publicUrl: string) {
  return (error: FastifyError | Refused, request: FastifyRequest, reply: FastifyReply) => {
    const validation = error instanceof Refused ? undefined : error.validation;
    const status = validation ? 422 : (error.statusCode ?? 500);
    const code = error instanceof Refused ? error.code : validation ? 'input.invalid' : 'request.failed';
    if (status >= 500) process.stderr.write(`${error.stack}\n`);
    const errors = validation?.map(({ instancePath, keyword }) => ({
      pointer: `#${instancePath}`,
      code: keyword,
    }));
    return reply
      .code(status)
      .type('application/problem+json; charset=utf-8')
      .send({
        type: `${publicUrl}/problems/${code}`,
        title: STATUS_CODES[status],
        status,
        instance: request.url.split('?')[0],
        code,
        request_id: request.id,
        ...(errors && { errors }),
      });
  };
}
