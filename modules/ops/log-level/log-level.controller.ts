import { Body, Controller, Delete, Get, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission, RequireSudo } from '#libs/access';
import { type ExpectedVersions, IfMatch, RequireIfMatch, WithETag, WithoutContent } from '#libs/http';
import { AcceptIdempotencyKey } from '#libs/idempotency';
import { LogLevelChange, LogLevelView } from './log-level.contract.js';
import { LogLevelService } from './log-level.service.js';

@ApiTags('operators')
@Controller('v1/ops/log-level')
export class LogLevelController {
  constructor(private readonly levels: LogLevelService) {}

  @Get()
  @RequirePermission('ops:read')
  @WithETag()
  @ApiOperation({ operationId: 'getOpsLogLevel', summary: 'The level that an operator gave to the log' })
  @ZodResponse({ status: 200, type: LogLevelView })
  get() {
    return this.levels.get();
  }

  @Put()
  @RequirePermission('ops:write')
  @RequireSudo()
  @AcceptIdempotencyKey()
  @WithETag()
  @RequireIfMatch()
  @ApiOperation({
    operationId: 'setOpsLogLevel',
    summary: 'Change the level of the log of running processes for a time, within 3 s',
  })
  @ZodResponse({ status: 200, type: LogLevelView })
  change(@Body() change: LogLevelChange, @IfMatch() expected: ExpectedVersions) {
    return this.levels.change(change, expected);
  }

  @Delete()
  @RequirePermission('ops:write')
  @RequireSudo()
  @AcceptIdempotencyKey()
  @RequireIfMatch()
  @WithoutContent(204)
  @ApiOperation({ operationId: 'endOpsLogLevel', summary: 'End the change before its time is over' })
  @ApiNoContentResponse()
  end(@IfMatch() expected: ExpectedVersions) {
    return this.levels.end(expected);
  }
}
