import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getSession, getUser, RequireSession } from '#libs/access';
import { IgnoreIdempotencyKey } from '#libs/idempotency';
import { SecretCookies } from './secret-cookies.js';
import { SessionView, SudoProof } from './sessions.contract.js';
import { SignInService } from './sign-in.service.js';

@ApiTags('auth')
@Controller('v1/sudo')
export class SudoController {
  constructor(
    private readonly signIns: SignInService,
    private readonly cookies: SecretCookies,
  ) {}

  @Post()
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enterSudo',
    summary: 'Prove again who you are; opens sensitive actions for ten minutes and renews the cookie',
  })
  @ZodResponse({ status: 200, type: SessionView })
  async enter(@Body() { password }: SudoProof, @Res({ passthrough: true }) reply: FastifyReply) {
    const proof = { userId: getUser().id, sessionId: getSession().id, password };
    const { secret, session } = await this.signIns.elevate(proof);
    this.cookies.write(reply, 'sid', secret);
    return session;
  }
}
