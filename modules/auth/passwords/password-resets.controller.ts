import { Body, Controller, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Public } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { AttemptLimiter, LimitAttempts } from '#libs/rate-limit';
import { AcceptedView, emailIn } from '../secrets/mailed-links.contract.js';
import { ResetConfirmation, ResetRequest } from './passwords.contract.js';
import { PasswordResetsService } from './password-resets.service.js';

@ApiTags('auth')
@Controller('v1/password-resets')
export class PasswordResetsController {
  constructor(
    private readonly resets: PasswordResetsService,
    private readonly attempts: AttemptLimiter,
  ) {}

  @Post()
  @Public('a user who forgot the password cannot sign in')
  @LimitAttempts('password-resets', emailIn)
  @ApiOperation({
    operationId: 'requestPasswordReset',
    summary: 'Ask for a link to choose a new password; it comes by mail',
  })
  @ZodResponse({ status: 202, type: AcceptedView })
  async request(@Body() { email }: ResetRequest) {
    await this.resets.request(email);
    return { status: 'accepted' as const };
  }

  @Post('confirmations')
  @Public('the token is the proof')
  @LimitAttempts('password-reset-confirmations')
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'confirmPasswordReset',
    summary: 'Choose a password with the token of the link; ends all sessions',
  })
  @ApiNoContentResponse()
  async confirm(@Body() confirmation: ResetConfirmation) {
    const { email } = await this.resets.confirm(confirmation);
    await this.attempts.refundAccount('sign-in', email);
  }
}
