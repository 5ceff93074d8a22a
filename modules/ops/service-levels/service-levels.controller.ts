import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { SharedAnswers } from '../shared-answer.js';
import { ServiceLevelsView } from './service-levels.contract.js';
import { ServiceLevelsService } from './service-levels.service.js';

@ApiTags('operators')
@SharedAnswers()
@Controller('v1/ops/service-levels')
export class ServiceLevelsController {
  constructor(private readonly levels: ServiceLevelsService) {}

  @Get()
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listServiceLevels',
    summary: 'What must be reached by each kind of route, what was, and how fast the error budget is used up',
  })
  @ZodResponse({ status: 200, type: ServiceLevelsView })
  async list() {
    return { data: await this.levels.list() };
  }
}
