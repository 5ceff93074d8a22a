import { Controller, Delete, Param, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission, RequireSudo } from '#libs/access';
import { WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import { UserId } from '#modules/users';
import { FactorRemoval } from './user-factors.contract.js';
import { UserFactorsService } from './user-factors.service.js';

@ApiTags('users')
@Controller('v1/users/:id/second-factors')
export class UserFactorsController {
  constructor(private readonly factors: UserFactorsService) {}

  @Delete()
  @RequirePermission('users:write')
  @AcceptIdempotencyKey()
  @RequireSudo()
  @WithoutContent(204)
  @ApiOperation({
    operationId: 'removeSecondFactors',
    summary: 'Remove the authenticator app, passkeys and recovery codes of a user; ends all their sessions',
  })
  @ApiNoContentResponse()
  remove(@Param() { id }: UserId, @Query() { reason }: FactorRemoval) {
    return this.factors.remove(id, reason);
  }
}
