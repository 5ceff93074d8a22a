import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse, ZodSerializerDto } from 'nestjs-zod';
import { Authenticated, getSession, getUser, Public, RequireSession } from '#libs/access';
import { LocationHeader, WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import { AttemptLimiter, LimitAttempts } from '#libs/rate-limit';
import { emailIn } from '../secrets/mailed-links.contract.js';
import { challengeLifetime } from './mfa-challenges.service.js';
import { ChallengeView } from '../mfa/mfa.contract.js';
import { Credentials, SessionId, SessionListView, SessionView, SignInView } from './sessions.contract.js';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInService } from './sign-in.service.js';

@ApiTags('auth')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly cookies: AuthCookies,
    private readonly attempts: AttemptLimiter,
  ) {}

  @Post()
  @Public('signing in')
  @LimitAttempts('sign-in', emailIn)
  @LocationHeader('/v1/sessions/current')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'signIn',
    summary: 'Sign in; the session comes as a cookie, at once or after the second factor',
  })
  @ApiCreatedResponse({ type: SessionView })
  @ApiAcceptedResponse({ description: 'The second factor is missing.', type: ChallengeView.Output })
  @ZodSerializerDto(SignInView)
  async signIn(
    @Body() credentials: Credentials,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const signIn = await this.signIns.withPassword(credentials, this.cookies.browserOf(request));
    await this.attempts.refund(request.attempt!);
    if (signIn.status === 'signed_in') {
      this.cookies.write(reply, 'sid', signIn.secret);
      return signIn.session;
    }
    this.cookies.write(reply, 'mfa', signIn.secret, challengeLifetime);
    void reply.code(202).header('location', '/v1/sessions/mfa');
    return { status: signIn.status, methods: signIn.methods };
  }

  @Get()
  @Authenticated()
  @RequireSession()
  @ApiOperation({ operationId: 'listSessions', summary: 'List the sessions of the signed-in user' })
  @ZodResponse({ status: 200, type: SessionListView })
  list() {
    return this.sessions.list(getUser().id, getSession().id);
  }

  @Get('current')
  @Authenticated()
  @RequireSession()
  @ApiOperation({
    operationId: 'getCurrentSession',
    summary: 'Get the current session: the user and their permissions',
  })
  @ZodResponse({ status: 200, type: SessionView })
  current() {
    return this.sessions.get(getSession().id);
  }

  @Delete()
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSession()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'revokeOtherSessions', summary: 'Sign out everywhere else' })
  @ApiNoContentResponse()
  revokeOthers() {
    return this.sessions.revokeAll(getUser().id, { except: getSession().id });
  }

  @Delete('current')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSession({ impersonated: true })
  @WithoutContent(204)
  @ApiOperation({ operationId: 'signOut', summary: 'Sign out' })
  @ApiNoContentResponse()
  async signOut(@Res({ passthrough: true }) reply: FastifyReply) {
    await this.sessions.revoke(getSession().id, getUser().id);
    this.cookies.clear(reply, 'sid');
    void reply.header('clear-site-data', '"cache", "cookies", "storage"');
  }

  @Delete(':id')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSession()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'revokeSession', summary: 'End one of your sessions' })
  @ApiNoContentResponse()
  revoke(@Param() { id }: SessionId) {
    return this.sessions.revoke(id, getUser().id);
  }
}
