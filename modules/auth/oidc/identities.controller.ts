import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getOwnSession, getSession, getUser, RequireSession, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey, IgnoreIdempotencyKey } from '#libs/idempotency';
import { AttemptLimiter, LimitAttempts } from '#libs/rate-limit';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { IdentitiesService } from './identities.service.js';
import { transactionLifetime } from './login-transactions.js';
import {
  AuthorizationUrlView,
  IdentityId,
  IdentityListView,
  ProviderChoice,
  SudoByProvider,
} from './oidc.contract.js';
import { OidcSignInService } from './oidc-sign-in.service.js';

@ApiTags('auth')
@Controller('v1')
export class IdentitiesController {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly signIns: OidcSignInService,
    private readonly cookies: AuthCookies,
    private readonly attempts: AttemptLimiter,
  ) {}

  @Get('users/me/identities')
  @Authenticated()
  @RequireSession()
  @ApiOperation({
    operationId: 'listIdentities',
    summary: 'List the identities of the signed-in user at OpenID providers',
  })
  @ZodResponse({ status: 200, type: IdentityListView })
  list() {
    return this.identities.list(getUser().id);
  }

  @Post('users/me/identities')
  @Authenticated()
  @RequireSudo()
  @IgnoreIdempotencyKey()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'linkIdentity',
    summary: 'Link an identity to sign in with from now on; begins at the page of the provider',
  })
  @ZodResponse({ status: 200, type: AuthorizationUrlView })
  link(
    @Body() choice: ProviderChoice,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#beginAuthorization('link', choice, request, reply);
  }

  @Post('users/me/identities/:id/confirmations')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'confirmIdentity',
    summary: 'Sign in again with an identity that a password reset suspended',
  })
  @ApiNoContentResponse()
  confirm(@Param() { id }: IdentityId) {
    return this.identities.confirm(id, { userId: getUser().id, sessionId: getSession().id });
  }

  @Delete('users/me/identities/:id')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'unlinkIdentity',
    summary: 'Unlink an identity; ends all other sessions',
  })
  @ApiNoContentResponse()
  unlink(@Param() { id }: IdentityId) {
    return this.identities.unlink(id, { userId: getUser().id, sessionId: getSession().id });
  }

  @Post('sudo/oidc')
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @LimitAttempts('sudo')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enterSudoByOpenid',
    summary: 'Prove your identity again at a provider; allows sensitive actions as POST /v1/sudo does',
  })
  @ZodResponse({ status: 200, type: AuthorizationUrlView })
  async elevate(
    @Body() { code, ...choice }: SudoByProvider,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.signIns.proveSecondFactor({ userId: getUser().id, sessionId: getOwnSession().id }, code);
    await this.attempts.refund(request.attempt!);
    return this.#beginAuthorization('sudo', choice, request, reply);
  }

  async #beginAuthorization(
    purpose: 'link' | 'sudo',
    { provider, return_to: returnTo = '/' }: ProviderChoice,
    request: FastifyRequest,
    reply: FastifyReply,
  ) {
    const attempt = { provider, purpose, returnTo, userId: getUser().id };
    const { location, secret } = await this.signIns.beginAuthorization(
      attempt,
      this.cookies.read(request, 'oidc_state'),
    );
    this.cookies.write(reply, 'oidc_state', secret, transactionLifetime);
    return { location };
  }
}
