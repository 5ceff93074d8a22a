import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getPrincipal, Public } from '#libs/access';
import { Located } from '#libs/http';
import { Credentials, SessionId, SessionListView, SessionView } from './auth.contract.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Post()
  @Public('signing in')
  @Located('/v1/sessions/current')
  @ApiOperation({ operationId: 'signIn', summary: 'Sign in; the session comes as a cookie' })
  @ZodResponse({ status: 201, type: SessionView })
  async signIn(
    @Body() given: Credentials,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { secret, session } = await this.sessions.signIn(given, request.headers['user-agent']);
    this.cookie.write(reply, secret);
    return session;
  }

  @Get()
  @Authenticated()
  @ApiOperation({ operationId: 'listSessions', summary: 'Where the signed-in user is signed in' })
  @ZodResponse({ status: 200, type: SessionListView })
  list() {
    return this.sessions.list(getPrincipal());
  }

  @Get('current')
  @Authenticated()
  @ApiOperation({ operationId: 'getCurrentSession', summary: 'Who is signed in, and what they may do' })
  @ZodResponse({ status: 200, type: SessionView })
  current() {
    return this.sessions.get(getPrincipal().sessionId);
  }

  @Delete('current')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({ operationId: 'signOut', summary: 'Sign out' })
  @ApiNoContentResponse()
  async signOut(@Res({ passthrough: true }) reply: FastifyReply) {
    const { id, sessionId } = getPrincipal();
    await this.sessions.revoke(sessionId, id);
    this.cookie.clear(reply);
  }

  @Delete(':id')
  @Authenticated()
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeSession', summary: 'End one of the own sessions' })
  @ApiNoContentResponse()
  revoke(@Param() { id }: SessionId) {
    return this.sessions.revoke(id, getPrincipal().id);
  }
}
