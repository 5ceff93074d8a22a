import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission, RequireSudo } from '#libs/access';
import { LocationHeader } from '#libs/http';
import { IgnoreIdempotencyKey } from '#libs/idempotency';
import { UserId } from '#modules/users';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionView } from '../sign-in/sessions.contract.js';
import { ImpersonationRequest } from './impersonations.contract.js';
import { ImpersonationsService } from './impersonations.service.js';

@ApiTags('users')
@Controller('v1/users/:id/impersonations')
export class ImpersonationsController {
  constructor(
    private readonly impersonations: ImpersonationsService,
    private readonly cookies: AuthCookies,
  ) {}

  @Post()
  @RequirePermission('users:impersonate')
  @RequireSudo()
  @IgnoreIdempotencyKey()
  @LocationHeader('/v1/sessions/current')
  @ApiOperation({
    operationId: 'impersonateUser',
    summary: 'Act as a user for half an hour; ends your own session, and signing out ends this one',
  })
  @ZodResponse({ status: 201, type: SessionView })
  async start(
    @Param() { id }: UserId,
    @Body() { reason }: ImpersonationRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { secret, session } = await this.impersonations.start(id, reason, {
      userAgent: request.headers['user-agent'],
      replaced: this.cookies.read(request, 'sid'),
    });
    this.cookies.write(reply, 'sid', secret);
    return session;
  }
}
