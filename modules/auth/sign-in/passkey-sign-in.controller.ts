import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Public } from '#libs/access';
import { LocationHeader } from '#libs/http';
import { LimitAttempts } from '#libs/rate-limit';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionView } from './sessions.contract.js';
import { challengeTimeout } from '../webauthn/webauthn-challenge-store.js';
import { PasskeyProof, RequestOptionsView } from '../mfa/passkeys.contract.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';

@ApiTags('auth')
@Controller('v1/sessions/passkey')
export class PasskeySignInController {
  constructor(
    private readonly signIns: PasskeySignInService,
    private readonly cookies: AuthCookies,
  ) {}

  @Post('options')
  @Public('signing in')
  @LimitAttempts('passkey-sign-in')
  @ApiOperation({
    operationId: 'getSignInPasskeyOptions',
    summary: 'Get the options with which the browser asks for a passkey; a cookie binds them to this browser',
  })
  @ZodResponse({ status: 200, type: RequestOptionsView })
  async options(@Res({ passthrough: true }) reply: FastifyReply) {
    const { secret, options } = await this.signIns.options();
    this.cookies.write(reply, 'passkey', secret, challengeTimeout / 1000);
    return options;
  }

  @Post()
  @Public('signing in')
  @LimitAttempts('passkey-sign-in')
  @LocationHeader('/v1/sessions/current')
  @ApiOperation({
    operationId: 'signInWithPasskey',
    summary: 'Sign in with a passkey alone; the session comes as a cookie',
  })
  @ZodResponse({ status: 201, type: SessionView })
  async complete(
    @Body() { passkey }: PasskeyProof,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asking = this.cookies.read(request, 'passkey');
    const browser = this.cookies.browserOf(request);
    const { secret, session } = await this.signIns.complete(asking, passkey, browser);
    this.cookies.clear(reply, 'passkey');
    this.cookies.write(reply, 'sid', secret);
    return session;
  }
}
