import { Body, Controller, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Public } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { LimitAttempts } from '#libs/rate-limit';
import { AcceptedView, emailIn } from '../secrets/mailed-links.contract.js';
import { Registration, TokenProof } from './registrations.contract.js';
import { RegistrationsService } from './registrations.service.js';

@ApiTags('auth')
@Controller('v1')
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  @Post('registrations')
  @Public('people sign up before they can sign in')
  @LimitAttempts('registrations', emailIn)
  @ApiOperation({ operationId: 'register', summary: 'Sign up; the answer comes by mail' })
  @ZodResponse({ status: 202, type: AcceptedView })
  async register(@Body() registration: Registration) {
    await this.registrations.register(registration);
    return { status: 'accepted' as const };
  }

  @Post('email-verifications')
  @Public('the token is the proof')
  @LimitAttempts('email-verifications')
  @WithoutContent(204)
  @ApiOperation({ operationId: 'verifyEmail', summary: 'Prove an address with the token of the mail' })
  @ApiNoContentResponse()
  verify(@Body() { token }: TokenProof) {
    return this.registrations.verify(token);
  }
}
