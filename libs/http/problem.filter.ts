import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpAdapter } from './adapter.js';

/** Passes everything that a guard, pipe, interceptor or handler throws to {@link ProblemResponder}. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost<HttpAdapter>) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) this.host.httpAdapter.answer(error, http.getRequest<FastifyRequest>(), reply);
  }
}
