import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getSession, getUser, RequireSession, RequireSudo } from '#libs/access';
import { LocationHeader, WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey, RequireIdempotencyKey } from '#libs/idempotency';
import { AttestationVerifier } from '../webauthn/attestation-verifier.js';
import {
  CreationOptionsView,
  NewPasskey,
  PasskeyCreatedView,
  PasskeyId,
  PasskeyListView,
} from './passkeys.contract.js';
import { PasskeysService } from './passkeys.service.js';

const owner = () => ({ userId: getUser().id, sessionId: getSession().id });

@ApiTags('auth')
@Controller('v1/users/me/passkeys')
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly attestations: AttestationVerifier,
  ) {}

  @Post('options')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @ApiOperation({
    operationId: 'getPasskeyOptions',
    summary: 'Get the options with which the browser makes a passkey',
  })
  @ZodResponse({ status: 200, type: CreationOptionsView })
  options() {
    return this.attestations.request(owner());
  }

  @Post()
  @Authenticated()
  @RequireSudo()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/users/me/passkeys/{id}')
  @ApiOperation({
    operationId: 'createPasskey',
    summary: 'Add the passkey that the browser made; ends all other sessions',
  })
  @ZodResponse({ status: 201, type: PasskeyCreatedView })
  add(@Body() made: NewPasskey) {
    return this.passkeys.add(owner(), made);
  }

  @Get()
  @Authenticated()
  @RequireSession()
  @ApiOperation({ operationId: 'listPasskeys', summary: 'List the passkeys of the signed-in user' })
  @ZodResponse({ status: 200, type: PasskeyListView })
  list() {
    return this.passkeys.list(getUser().id);
  }

  @Post(':id/confirmations')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'confirmPasskey',
    summary: 'Use a passkey again that a password reset suspended; ends all other sessions',
  })
  @ApiNoContentResponse()
  confirm(@Param() { id }: PasskeyId) {
    return this.passkeys.confirm(owner(), id);
  }

  @Delete(':id')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'removePasskey', summary: 'Remove a passkey; ends all other sessions' })
  @ApiNoContentResponse()
  remove(@Param() { id }: PasskeyId) {
    return this.passkeys.remove(owner(), id);
  }
}
