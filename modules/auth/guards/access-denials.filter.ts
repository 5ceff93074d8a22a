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
 * Records attempts without permission in the audit log (ASVS 5.0 16.3.2, 16.3.3), then answers them like any other problem.
 * It does not record missing sudo, because clients learn from this answer that they must ask the user for a proof.
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
      // The caller is refused nevertheless: a database that is down must not grant access.
      this.#log.warn(`A denial could not be written to the audit log: ${sqlState(error) ?? 'no answer'}`);
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
