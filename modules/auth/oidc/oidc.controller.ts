import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { findPrincipal, Public } from '#libs/access';
import { Config } from '#libs/config';
import { ConsumesForm, WithoutContent } from '#libs/http';
import { OriginRefused } from '../sessions/session-problems.js';
import { challengeLifetime } from '../sign-in/mfa-challenges.service.js';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { BackchannelLogoutService } from './backchannel-logout.service.js';
import { transactionLifetime } from './login-transactions.js';
import {
  CallbackQuery,
  LogoutRequest,
  ProviderListView,
  ProviderName,
  SignInQuery,
} from './oidc.contract.js';
import { OidcSignInService } from './oidc-sign-in.service.js';
import { OpenidProviders } from './openid-providers.js';
import { SignInRefused } from './sign-in-refused.js';

const seeOther = (where: string) =>
  ApiResponse({ status: 303, description: where, headers: { Location: { schema: { type: 'string' } } } });

@ApiTags('auth')
@Controller('v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly providers: OpenidProviders,
    private readonly signIns: OidcSignInService,
    private readonly logouts: BackchannelLogoutService,
    private readonly cookies: AuthCookies,
    private readonly config: Config,
  ) {}

  @Get()
  @Public('a sign-in page shows a button for each')
  @ApiOperation({ operationId: 'listOpenidProviders', summary: 'The providers that one can sign in with' })
  @ZodResponse({ status: 200, type: ProviderListView })
  list() {
    const data = this.providers.list().map(({ settings: { name, label } }) => ({
      name,
      label,
      location: `${this.config.PUBLIC_URL}/v1/auth/oidc/${name}`,
    }));
    return { data };
  }

  @Get(':provider')
  @Public('signing in')
  @WithoutContent(303)
  @ApiOperation({
    operationId: 'signInByOpenid',
    summary: 'Sign in by a provider: leads the browser there, and back to a page of the front end',
  })
  @seeOther('To the provider.')
  async signIn(
    @Param() { provider }: ProviderName,
    @Query() { return_to: returnTo = '/' }: SignInQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    refuseForeign(request, this.config.ALLOWED_ORIGINS);
    const attempt = { provider, purpose: 'login' as const, returnTo, userId: null };
    const { location, secret } = await this.signIns.beginAuthorization(
      attempt,
      this.cookies.read(request, 'oidc_state'),
    );
    this.cookies.write(reply, 'oidc_state', secret, transactionLifetime);
    void reply.header('location', location);
  }

  @Get(':provider/callback')
  @Public('the answer of the provider is the proof', { recognise: true })
  @WithoutContent(303)
  @ApiOperation({
    operationId: 'completeOpenid',
    summary: 'Where providers send people back to; on to the front end, to /auth-error if it failed',
  })
  @seeOther(
    'To the page that the sign-in was begun for, to /second-factor?return_to=… if that is missing, or to /auth-error?code=…&request_id=….',
  )
  async callback(
    @Param() { provider }: ProviderName,
    @Query() parameters: CallbackQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { APP_URL } = this.config;
    try {
      const { returnTo, secret } = await this.signIns.handleCallback({
        provider,
        parameters: parameters as Record<string, string>,
        browserSecret: this.cookies.read(request, 'oidc_state'),
        browser: this.cookies.browserOf(request),
        current: currentSession(),
      });
      const isWaiting = secret?.cookie === 'mfa';
      if (secret)
        this.cookies.write(reply, secret.cookie, secret.value, isWaiting ? challengeLifetime : undefined);
      const next = new URLSearchParams({ return_to: returnTo });
      void reply.header('location', APP_URL + (isWaiting ? `/second-factor?${next.toString()}` : returnTo));
    } catch (error) {
      if (!(error instanceof SignInRefused)) throw error;
      const why = new URLSearchParams({ code: error.refusal, request_id: request.work.requestId });
      void reply.header('location', `${APP_URL}/auth-error?${why.toString()}`);
    }
  }

  @Post(':provider/backchannel-logout')
  @Public('the signature of the logout token is the proof')
  @ConsumesForm()
  @WithoutContent(200)
  @ApiOperation({
    operationId: 'endSessionsByOpenid',
    summary: 'A provider says that somebody signed out there (OpenID Connect Back-Channel Logout 1.0)',
  })
  @ApiResponse({ status: 200, description: 'What the provider had opened has ended.' })
  logOut(@Param() { provider }: ProviderName, @Body() { logout_token: token }: LogoutRequest) {
    return this.logouts.end(provider, token);
  }
}

/**
 * Only a person who chose it signs in (ASVS 5.0 7.6.2): no other site may send a browser off to sign in. A front end on another
 * origin may. A browser sends no Origin when it follows a link, but Referer, which a page can withhold and not forge.
 */
function refuseForeign({ headers }: FastifyRequest, allowed: readonly string[]): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  if (!allowed.includes(URL.parse(headers.referer ?? '')?.origin ?? '')) throw new OriginRefused();
}

function currentSession() {
  const principal = findPrincipal();
  return principal?.kind === 'user' && principal.session
    ? { userId: principal.id, sessionId: principal.session.id }
    : undefined;
}
