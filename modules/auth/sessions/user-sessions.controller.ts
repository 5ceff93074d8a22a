import { Controller, Delete, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { UserId } from '#modules/users';
import { UserSessionsService } from './user-sessions.service.js';

@ApiTags('users')
@Controller('v1/users/:id/sessions')
export class UserSessionsController {
  constructor(private readonly sessions: UserSessionsService) {}

  @Delete()
  @RequirePermission('users:write')
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'endUserSessions', summary: 'Sign a user out everywhere' })
  @ApiNoContentResponse()
  end(@Param() { id }: UserId) {
    return this.sessions.end(id);
  }
}
