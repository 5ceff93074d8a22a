import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { AuditEventPageView, AuditEventQuery } from './audit-events.contract.js';
import { AuditEventsService } from './audit-events.service.js';

@ApiTags('operators')
@Controller('v1/audit-events')
export class AuditEventsController {
  constructor(private readonly events: AuditEventsService) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({
    operationId: 'listAuditEvents',
    summary: 'List who did what, and what was refused, the newest first',
  })
  @ZodResponse({ status: 200, type: AuditEventPageView })
  list(@Query() query: AuditEventQuery) {
    return this.events.list(query);
  }
}
