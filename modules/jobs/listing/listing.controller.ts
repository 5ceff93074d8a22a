import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { JobId } from '../operations/jobs.contract.js';
import { InspectionsService } from './inspections.service.js';
import { JobInspectionView, JobItemPageView, JobItemQuery } from './listing.contract.js';
import { ListingService } from './listing.service.js';

@ApiTags('operators')
@Controller('v1')
export class ListingController {
  constructor(
    private readonly listing: ListingService,
    private readonly inspections: InspectionsService,
  ) {}

  @Get('jobs')
  @RequirePermission('jobs:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listJobs',
    summary: 'Jobs of everybody, the newest first; a page looks at the newest 5,000 rows of each table',
  })
  @ZodResponse({ status: 200, type: JobItemPageView })
  list(@Query() query: JobItemQuery) {
    return this.listing.list(query);
  }

  @Get('job-inspections/:id')
  @RequirePermission('jobs:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'inspectJob',
    summary: 'A job with its payload, secrets hidden, and the reason why it waits',
  })
  @ZodResponse({ status: 200, type: JobInspectionView })
  inspect(@Param() { id }: JobId) {
    return this.inspections.inspect(id);
  }
}
