import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { SharedAnswers } from '../shared-answer.js';
import { EconomicsQuery, EconomicsView } from './economics.contract.js';
import { EconomicsService } from './economics.service.js';

@ApiTags('operators')
@SharedAnswers()
@Controller('v1/ops/economics')
export class EconomicsController {
  constructor(private readonly economics: EconomicsService) {}

  @Get()
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getOpsEconomics',
    summary: 'What requests, jobs, users and a month cost, what ten times the traffic would, and the budget',
  })
  @ZodResponse({ status: 200, type: EconomicsView })
  get(@Query() { period }: EconomicsQuery) {
    return this.economics.get(period);
  }
}
