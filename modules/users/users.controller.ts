import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { Authenticated, getPrincipal, RequirePermission, RequireSession } from '#libs/access';
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
  Invitation,
  ProfilePatch,
  UserId,
  UserPageView,
  UserPatch,
  UserQuery,
  UserView,
} from './users.contract.js';
import { UserDirectoryService } from './user-directory.service.js';
import { UsersService } from './users.service.js';

@ApiTags('users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly directory: UserDirectoryService,
  ) {}

  @Get()
  @RequirePermission('users:read')
  @ApiOperation({ operationId: 'listUsers', summary: 'List users, page by page' })
  @ZodResponse({ status: 200, type: UserPageView })
  list(@Query() query: UserQuery) {
    return this.directory.list(query);
  }

  @Post()
  @RequirePermission('users:write')
  @RequireIdempotencyKey()
  @LocationHeader('/v1/users/{id}')
  @WithETag()
  @ApiOperation({ operationId: 'inviteUser', summary: 'Create an account and send the invitation' })
  @ZodResponse({ status: 201, type: UserView })
  invite(@Body() invitation: Invitation) {
    return this.users.invite(invitation);
  }

  @Get('me')
  @Authenticated()
  @WithETag()
  @ApiOperation({ operationId: 'getMe', summary: 'The signed-in user' })
  @ZodResponse({ status: 200, type: UserView })
  me() {
    return this.users.get(getPrincipal().id);
  }

  @Patch('me')
  @Authenticated()
  @AcceptIdempotencyKey()
  @RequireSession({ impersonated: true })
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({ operationId: 'changeMe', summary: 'Change your profile' })
  @ZodResponse({ status: 200, type: UserView })
  changeMe(@Body() patch: ProfilePatch, @IfMatch() expected: ExpectedVersions) {
    return this.users.changeProfile(getPrincipal().id, patch, expected);
  }

  @Get(':id')
  @RequirePermission('users:read')
  @WithETag()
  @ApiOperation({ operationId: 'getUser', summary: 'One user' })
  @ZodResponse({ status: 200, type: UserView })
  get(@Param() { id }: UserId) {
    return this.users.get(id);
  }

  @Patch(':id')
  @RequirePermission('users:write')
  @AcceptIdempotencyKey()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({ operationId: 'changeUser', summary: 'Change name, role or status' })
  @ZodResponse({ status: 200, type: UserView })
  change(@Param() { id }: UserId, @Body() patch: UserPatch, @IfMatch() expected: ExpectedVersions) {
    return this.users.change(id, patch, expected);
  }

  @Delete(':id')
  @RequirePermission('users:write')
  @AcceptIdempotencyKey()
  @RequireIfMatch()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'removeUser', summary: 'Delete a user with all that belongs to the account' })
  @ApiNoContentResponse()
  remove(@Param() { id }: UserId, @IfMatch() expected: ExpectedVersions) {
    return this.users.remove(id, expected);
  }
}
