import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, RequireSession } from '#libs/access';
import { IgnoreIdempotencyKey } from '#libs/idempotency';
import { AttemptLimiter, LimitAttempts } from '#libs/rate-limit';
import { SudoProof } from '../mfa/mfa.contract.js';
import { RequestOptionsView } from '../mfa/passkeys.contract.js';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { SessionView } from './sessions.contract.js';
import { SudoService } from './sudo.service.js';

@ApiTags('auth')
@Controller('v1/sudo')
export class SudoController {
  constructor(
    private readonly sudo: SudoService,
    private readonly cookies: AuthCookies,
    private readonly attempts: AttemptLimiter,
  ) {}

  @Post()
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @LimitAttempts('sudo')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enterSudo',
    summary:
      'Prove your identity again as in signing in, by password and second factor or by passkey; allows sensitive actions for ten minutes and renews the cookie',
  })
  @ZodResponse({ status: 200, type: SessionView })
  async enter(
    @Body() proof: SudoProof,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { secret, session } = await this.sudo.enter(proof);
    await this.attempts.refund(request.attempt!);
    this.cookies.write(reply, 'sid', secret);
    return session;
  }

  @Post('passkey/options')
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @ApiOperation({
    operationId: 'getSudoPasskeyOptions',
    summary: 'Get the options with which the browser asks for a passkey',
  })
  @ZodResponse({ status: 200, type: RequestOptionsView })
  options() {
    return this.sudo.options();
  }
}
