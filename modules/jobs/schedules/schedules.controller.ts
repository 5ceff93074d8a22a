import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { ScheduleListView } from './schedules.contract.js';
import { SchedulesService } from './schedules.service.js';

@ApiTags('jobs')
@Controller('v1/schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Get()
  @RequirePermission('jobs:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listSchedules',
    summary: 'The schedules: what runs at certain times, and when it runs next',
  })
  @ZodResponse({ status: 200, type: ScheduleListView })
  list() {
    return this.schedules.list();
  }
}
