import { Body, Controller, Put, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Authenticated, getSession, getUser, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { IgnoreIdempotencyKey } from '#libs/idempotency';
import { LimitAttempts } from '#libs/rate-limit';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { PasswordChange } from './passwords.contract.js';
import { PasswordChangesService } from './password-changes.service.js';

@ApiTags('auth')
@Controller('v1/users/me/password')
export class PasswordChangesController {
  constructor(
    private readonly changes: PasswordChangesService,
    private readonly cookies: AuthCookies,
  ) {}

  /** Sudo proves the current password. Both allow the same guesses, which are counted in one place. See docs/security.md. */
  @Put()
  @Authenticated()
  @RequireSudo()
  @IgnoreIdempotencyKey()
  @LimitAttempts('password-changes')
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Choose another password; ends all other sessions and renews the cookie',
  })
  @ApiNoContentResponse()
  async change(@Body() { password }: PasswordChange, @Res({ passthrough: true }) reply: FastifyReply) {
    const change = { userId: getUser().id, sessionId: getSession().id, password };
    this.cookies.write(reply, 'sid', await this.changes.change(change));
  }
}
