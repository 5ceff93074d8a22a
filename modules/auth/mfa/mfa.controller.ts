import { Body, Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getSession, getUser, RequireSession, RequireSudo } from '#libs/access';
import { LocationHeader, WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey, RequireIdempotencyKey } from '#libs/idempotency';
import { LimitAttempts } from '#libs/rate-limit';
import { FactorsService } from './factors.service.js';
import { MfaView, RecoveryCodesView, TotpConfirmation, TotpEnabledView, TotpView } from './mfa.contract.js';
import { SecondFactorsService } from './second-factors.service.js';
import { TotpService } from './totp.service.js';

const owner = () => ({ userId: getUser().id, sessionId: getSession().id });

@ApiTags('auth')
@Controller('v1/users/me')
export class MfaController {
  constructor(
    private readonly totp: TotpService,
    private readonly factors: FactorsService,
    private readonly secondFactors: SecondFactorsService,
  ) {}

  @Get('mfa')
  @Authenticated()
  @RequireSession()
  @ApiOperation({ operationId: 'getMfa', summary: 'Get the second factors of the signed-in user' })
  @ZodResponse({ status: 200, type: MfaView })
  status() {
    return this.secondFactors.statusOf(getUser().id);
  }

  @Post('totp')
  @Authenticated()
  @RequireSudo()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/users/me/mfa')
  @ApiOperation({
    operationId: 'enrolTotp',
    summary: 'Set up an authenticator app; a first code confirms it',
  })
  @ZodResponse({ status: 201, type: TotpView })
  enrol() {
    return this.totp.enrol(getUser().id);
  }

  @Post('totp/confirmations')
  @Authenticated()
  @RequireSudo()
  @RequireIdempotencyKey()
  @LimitAttempts('totp-confirmations')
  @ApiOperation({
    operationId: 'confirmTotp',
    summary: 'Switch the authenticator app on with its first code; ends all other sessions',
  })
  @ZodResponse({ status: 200, type: TotpEnabledView })
  confirm(@Body() { code }: TotpConfirmation) {
    return this.factors.confirmTotp(owner(), code);
  }

  @Delete('totp')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'removeTotp',
    summary: 'Switch the authenticator app off; ends all other sessions',
  })
  @ApiNoContentResponse()
  remove() {
    return this.factors.removeTotp(owner());
  }

  @Post('recovery-codes')
  @Authenticated()
  @RequireSudo()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/users/me/mfa')
  @ApiOperation({
    operationId: 'createRecoveryCodes',
    summary: 'Create ten new recovery codes, shown once; earlier ones no longer work',
  })
  @ZodResponse({ status: 201, type: RecoveryCodesView })
  replaceRecoveryCodes() {
    return this.factors.replaceRecoveryCodes(owner());
  }
}
