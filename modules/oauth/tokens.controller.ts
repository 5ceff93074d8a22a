import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Public } from '#libs/access';
import { ConsumesForm } from '#libs/http';
import { TokenRequest, TokenView } from './oauth.contract.js';
import { TokensService } from './tokens.service.js';

@ApiTags('services')
@Controller('v1/oauth')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Post('token')
  @Public('clients authenticate here, with an assertion that works once')
  @ConsumesForm()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'issueToken',
    summary: 'Get an access token for a service, valid for five minutes (RFC 6749 section 4.4, RFC 7523)',
  })
  @ZodResponse({ status: 200, type: TokenView })
  issue(@Body() request: TokenRequest) {
    return this.tokens.grant(request);
  }
}
