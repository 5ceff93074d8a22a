import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import { ZodResponse } from 'nestjs-zod';
import { UserId } from '#modules/users';
import { UserSessionListView } from './user-sessions.contract.js';
import { UserSessionsService } from './user-sessions.service.js';

@ApiTags('users')
@Controller('v1/users/:id/sessions')
export class UserSessionsController {
  constructor(private readonly sessions: UserSessionsService) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({ operationId: 'listUserSessions', summary: 'List the sessions of a user' })
  @ZodResponse({ status: 200, type: UserSessionListView })
  list(@Param() { id }: UserId) {
    return this.sessions.list(id);
  }

  @Delete()
  @RequirePermission('users:write')
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'endUserSessions', summary: 'Sign a user out everywhere' })
  @ApiNoContentResponse()
  end(@Param() { id }: UserId) {
    return this.sessions.end(id);
  }
}
