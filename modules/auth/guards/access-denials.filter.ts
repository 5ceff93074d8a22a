import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied, SessionRequired } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { sqlState } from '#libs/database';
import type { HttpAdapter } from '#libs/http';
import type { Problem } from '#libs/problem';
import { OriginRefused } from '../sessions/session-problems.js';

/**
 * Writes down what somebody tried without the right to it (ASVS 5.0 16.3.2, 16.3.3), then answers it like any other
 * problem. That sudo is missing is none of it: a client finds out in this way that it must ask.
 */
@Catch(AccessDenied, SessionRequired, OriginRefused)
@Injectable()
export class AccessDenialsFilter implements ExceptionFilter {
  readonly #log = new Logger('Audit');

  constructor(
    private readonly host: HttpAdapterHost<HttpAdapter>,
    private readonly audit: AuditLog,
  ) {}

  async catch(problem: Problem, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    try {
      await this.#record(problem, request);
    } catch (error) {
      // Refused all the same: the caller must not get more by a database that is away.
      this.#log.warn(`A denial is not in the audit log: ${sqlState(error) ?? 'no answer'}`);
    }
    if (!reply.sent) this.host.httpAdapter.answer(problem, request, reply);
  }

  #record({ code, detail }: Problem, { method, routeOptions, work }: FastifyRequest): Promise<void> {
    return this.audit.recordRefusal(
      {
        action: 'access.deny',
        target: `route:${method} ${routeOptions.url}`,
        outcome: 'denied',
        meta: { code, ...(detail && { detail }) },
      },
      work.principal?.id ?? work.clientNetwork ?? 'unknown',
    );
  }
}
