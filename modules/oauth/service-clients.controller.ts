import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { getService, RequirePermission, RequireSudo, ServiceOnly } from '#libs/access';
import {
  type ExpectedVersions,
  IfMatch,
  LocationHeader,
  RequireIfMatch,
  WithETag,
  WithoutContent,
} from '#libs/http';
import { AcceptIdempotencyKey, RequireIdempotencyKey } from '#libs/idempotency';
import {
  CurrentServiceClientView,
  NewServiceClient,
  ServiceClientId,
  ServiceClientPageView,
  ServiceClientPatch,
  ServiceClientQuery,
  ServiceClientView,
} from './service-clients.contract.js';
import { ServiceClientsService } from './service-clients.service.js';

@ApiTags('services')
@Controller('v1/service-clients')
export class ServiceClientsController {
  constructor(private readonly clients: ServiceClientsService) {}

  @Post()
  @RequirePermission('services:write')
  @RequireSudo()
  @RequireIdempotencyKey()
  @LocationHeader('/v1/service-clients/{id}')
  @WithETag()
  @ApiOperation({ operationId: 'registerServiceClient', summary: 'Register a service with its public keys' })
  @ZodResponse({ status: 201, type: ServiceClientView })
  register(@Body() client: NewServiceClient) {
    return this.clients.register(client);
  }

  @Get()
  @RequirePermission('services:read')
  @ApiOperation({ operationId: 'listServiceClients', summary: 'List service clients, page by page' })
  @ZodResponse({ status: 200, type: ServiceClientPageView })
  list(@Query() query: ServiceClientQuery) {
    return this.clients.list(query);
  }

  @Get('current')
  @ServiceOnly('clients:self')
  @ApiOperation({
    operationId: 'getCurrentServiceClient',
    summary: 'Get the calling service and its scopes',
  })
  @ZodResponse({ status: 200, type: CurrentServiceClientView })
  current() {
    return this.clients.describe(getService());
  }

  @Get(':id')
  @RequirePermission('services:read')
  @WithETag()
  @ApiOperation({ operationId: 'getServiceClient', summary: 'Get one service client' })
  @ZodResponse({ status: 200, type: ServiceClientView })
  get(@Param() { id }: ServiceClientId) {
    return this.clients.get(id);
  }

  @Patch(':id')
  @RequirePermission('services:write')
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({
    operationId: 'changeServiceClient',
    summary: 'Change name, scopes, keys or status; this also affects existing tokens at once',
  })
  @ZodResponse({ status: 200, type: ServiceClientView })
  change(
    @Param() { id }: ServiceClientId,
    @Body() patch: ServiceClientPatch,
    @IfMatch() expected: ExpectedVersions,
  ) {
    return this.clients.change(id, patch, expected);
  }

  @Delete(':id')
  @RequirePermission('services:write')
  @AcceptIdempotencyKey()
  @RequireSudo()
  @RequireIfMatch()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'removeServiceClient',
    summary: 'Delete a service client; its tokens stop working at once',
  })
  @ApiNoContentResponse()
  remove(@Param() { id }: ServiceClientId, @IfMatch() expected: ExpectedVersions) {
    return this.clients.remove(id, expected);
  }
}
