import { Body, Controller, Post, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getSession, getUser, Public, RequireSession, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey, IgnoreIdempotencyKey } from '#libs/idempotency';
import { LimitAttempts } from '#libs/rate-limit';
import { AcceptedView } from '../secrets/mailed-links.contract.js';
import { AuthCookies } from '../sessions/auth-cookies.js';
import { EmailChangeProof, EmailChangeRequest } from './email-changes.contract.js';
import { EmailChangesService } from './email-changes.service.js';

@ApiTags('auth')
@Controller('v1/users/me/email-changes')
export class EmailChangesController {
  constructor(
    private readonly changes: EmailChangesService,
    private readonly cookies: AuthCookies,
  ) {}

  @Post()
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @LimitAttempts('email-changes')
  @ApiOperation({
    operationId: 'requestEmailChange',
    summary: 'Ask for another address; a link to prove it is mailed there',
  })
  @ZodResponse({ status: 202, type: AcceptedView })
  async request(@Body() { email }: EmailChangeRequest) {
    await this.changes.request(getUser().id, email);
    return { status: 'accepted' as const };
  }

  /**
   * Requires the session of the same user. It does not require sudo, which the request already did. Without the session, a
   * stranger who reads a mail to a misspelt address would own the account.
   */
  @Post('confirmations')
  @Authenticated()
  @RequireSession()
  @IgnoreIdempotencyKey()
  @LimitAttempts('email-change-confirmations')
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'confirmEmailChange',
    summary:
      'Prove the new address with the token of the mail; ends all other sessions and renews the cookie',
  })
  @ApiNoContentResponse()
  async confirm(@Body() { token }: EmailChangeProof, @Res({ passthrough: true }) reply: FastifyReply) {
    const user = { userId: getUser().id, sessionId: getSession().id };
    this.cookies.write(reply, 'sid', await this.changes.confirm(user, token));
  }

  @Post('cancellations')
  @Public('the token is the proof, and an owner who has to stop a thief may be signed out')
  @LimitAttempts('email-change-cancellations')
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'cancelEmailChange',
    summary: 'Cancel a change with the token that the old address got',
  })
  @ApiNoContentResponse()
  cancel(@Body() { token }: EmailChangeProof) {
    return this.changes.cancel(token);
  }
}
