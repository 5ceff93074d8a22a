import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Public } from '#libs/access';
import { LocationHeader } from '#libs/http';
import { LimitAttempts } from '#libs/rate-limit';
import { RequestOptionsView } from '../mfa/passkeys.contract.js';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionView } from './sessions.contract.js';
import { SecondFactorProof } from '../mfa/mfa.contract.js';
import { MfaSignInService } from './mfa-sign-in.service.js';

@ApiTags('auth')
@Controller('v1/sessions/mfa')
export class MfaSignInController {
  constructor(
    private readonly signIns: MfaSignInService,
    private readonly cookies: AuthCookies,
  ) {}

  @Post()
  @Public('the cookie of the waiting sign-in and the second factor are the proof')
  @LimitAttempts('second-factor')
  @LocationHeader('/v1/sessions/current')
  @ApiOperation({
    operationId: 'signInWithSecondFactor',
    summary: 'Finish signing in with a code or a passkey; the session comes as a cookie',
  })
  @ZodResponse({ status: 201, type: SessionView })
  async complete(
    @Body() proof: SecondFactorProof,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const waiting = this.cookies.read(request, 'mfa');
    const { secret, session } = await this.signIns.complete(waiting, proof, this.cookies.browserOf(request));
    this.cookies.clear(reply, 'mfa');
    this.cookies.write(reply, 'sid', secret);
    return session;
  }

  @Post('passkey/options')
  @Public('the cookie of the waiting sign-in is the proof')
  @LimitAttempts('second-factor')
  @ApiOperation({
    operationId: 'getMfaPasskeyOptions',
    summary: 'Get the options with which the browser asks for a passkey',
  })
  @ZodResponse({ status: 200, type: RequestOptionsView })
  options(@Req() request: FastifyRequest) {
    return this.signIns.options(this.cookies.read(request, 'mfa'));
  }
}
