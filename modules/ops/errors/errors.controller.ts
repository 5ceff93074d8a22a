import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { SharedAnswers } from '../shared-answer.js';
import { ErrorGroupListView, ErrorGroupQuery } from './errors.contract.js';
import { ErrorsService } from './errors.service.js';

@ApiTags('operators')
@SharedAnswers()
@Controller('v1/ops/errors')
export class ErrorsController {
  constructor(private readonly errors: ErrorsService) {}

  @Get()
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listErrorGroups',
    summary: 'Failures of requests and jobs by their cause, those that were met last first',
  })
  @ZodResponse({ status: 200, type: ErrorGroupListView })
  async list(@Query() query: ErrorGroupQuery) {
    return { data: await this.errors.list(query) };
  }
}
