import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { SharedAnswers } from '../shared-answer.js';
import { SlowestQuery, SlowestView } from './slowest.contract.js';
import { SlowestService } from './slowest.service.js';

@ApiTags('operators')
@SharedAnswers()
@Controller('v1/ops/slowest-requests')
export class SlowestController {
  constructor(private readonly slowest: SlowestService) {}

  @Get()
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listSlowestRequests',
    summary: 'The slowest requests of a period, of all processes, with their traces',
  })
  @ZodResponse({ status: 200, type: SlowestView })
  async list(@Query() query: SlowestQuery) {
    return { period: query.period, data: await this.slowest.list(query) };
  }
}
