import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { AccessDenied, Authenticated, getSession, getUser, RequireSession } from '#libs/access';
import { IgnoreIdempotencyKey } from '#libs/idempotency';
import { Attempts, LimitAttempts } from '#libs/rate-limit';
import { SecretCookies } from './secret-cookies.js';
import { SessionView, SudoProof } from './sessions.contract.js';
import { SignInService } from './sign-in.service.js';

@ApiTags('auth')
@Controller('v1/sudo')
export class SudoController {
  constructor(
    private readonly signIns: SignInService,
    private readonly cookies: SecretCookies,
    private readonly attempts: Attempts,
  ) {}

  @Post()
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @LimitAttempts('sudo')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enterSudo',
    summary: 'Prove again who you are; opens sensitive actions for ten minutes and renews the cookie',
  })
  @ZodResponse({ status: 200, type: SessionView })
  async enter(
    @Body() { password }: SudoProof,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { id: sessionId, impersonatorId } = getSession();
    if (impersonatorId) throw new AccessDenied('Whoever acts as somebody else takes no sensitive action.');
    const proof = { userId: getUser().id, sessionId, password };
    const { secret, session } = await this.signIns.elevate(proof);
    await this.attempts.forgive(request.attempt!);
    this.cookies.write(reply, 'sid', secret);
    return session;
  }
}
