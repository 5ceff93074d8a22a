import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getSession, getUser, RequireSession, RequireSudo } from '#libs/access';
import { LocationHeader, WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey, RequireIdempotencyKey } from '#libs/idempotency';
import { ApiKeyId, ApiKeyListView, ApiKeyView, IssuedApiKeyView, NewApiKey } from './api-keys.contract.js';
import { ApiKeysService } from './api-keys.service.js';

/** The session alone determines the owner: no body or parameter names one. */
@ApiTags('api keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @Authenticated()
  @RequireSudo()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/api-keys/{id}')
  @ApiOperation({ operationId: 'issueApiKey', summary: 'Create an API key for one of your programs' })
  @ZodResponse({ status: 201, type: IssuedApiKeyView })
  issue(@Body() wanted: NewApiKey) {
    return this.keys.issue({ userId: getUser().id, sessionId: getSession().id }, wanted);
  }

  @Get()
  @Authenticated()
  @RequireSession()
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List your API keys, the latest first' })
  @ZodResponse({ status: 200, type: ApiKeyListView })
  list() {
    return this.keys.list(getUser().id);
  }

  @Get(':id')
  @Authenticated()
  @RequireSession()
  @ApiOperation({ operationId: 'getApiKey', summary: 'Get one of your API keys' })
  @ZodResponse({ status: 200, type: ApiKeyView })
  get(@Param() { id }: ApiKeyId) {
    return this.keys.get(id, getUser().id);
  }

  @Delete(':id')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke one of your API keys at once' })
  @ApiNoContentResponse()
  revoke(@Param() { id }: ApiKeyId) {
    return this.keys.revoke(id, getUser().id);
  }
}
