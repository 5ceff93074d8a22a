import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { RequirePermission } from '#libs/access';
import { SharedAnswers } from '../shared-answer.js';
import { DatabaseReportService } from './database-report.service.js';
import { DeploysView } from './deploys.contract.js';
import { DependenciesService } from './dependencies.service.js';
import { InstancesService } from './instances.service.js';
import { MachinesService } from './machines.service.js';
import { OverviewService } from './overview.service.js';
import {
  DatabaseView,
  DependenciesView,
  JobReportView,
  OverviewView,
  PeriodQuery,
  RouteReportView,
  RuntimeView,
  SeriesQuery,
  SeriesView,
} from './reports.contract.js';
import { SeriesService } from './series.service.js';
import { WorkService } from './work.service.js';

@ApiTags('operators')
@SharedAnswers()
@Controller('v1/ops')
export class ReportsController {
  constructor(
    private readonly overviews: OverviewService,
    private readonly series: SeriesService,
    private readonly work: WorkService,
    private readonly databases: DatabaseReportService,
    private readonly machines: MachinesService,
    private readonly needed: DependenciesService,
    private readonly instances: InstancesService,
  ) {}

  @Get('overview')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getOpsOverview',
    summary: 'Whether all is well, since when, which processes run, and the most important figures',
  })
  @ZodResponse({ status: 200, type: OverviewView })
  getOverview() {
    return this.overviews.get();
  }

  @Get('deploys')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'listOpsDeploys', summary: 'When processes began to run another release' })
  @ZodResponse({ status: 200, type: DeploysView })
  async listDeploys() {
    return { data: await this.instances.listDeploys() };
  }

  @Get('series')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'getOpsSeries',
    summary: 'One metric over time, merged over all processes or for one of them',
  })
  @ZodResponse({ status: 200, type: SeriesView })
  getSeries(@Query() query: SeriesQuery) {
    return this.series.get(query);
  }

  @Get('routes')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listOpsRoutes',
    summary: 'What each route did in a period, and what it cost',
  })
  @ZodResponse({ status: 200, type: RouteReportView })
  async listRoutes(@Query() { period }: PeriodQuery) {
    return { period, data: await this.work.listRoutes(period) };
  }

  @Get('jobs')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'listOpsJobs', summary: 'What each job did in a period, and what it cost' })
  @ZodResponse({ status: 200, type: JobReportView })
  async listJobs(@Query() { period }: PeriodQuery) {
    return { period, data: await this.work.listJobs(period) };
  }

  @Get('database')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'getOpsDatabase', summary: 'Pools, statements, locks, tables and migrations' })
  @ZodResponse({ status: 200, type: DatabaseView })
  getDatabase() {
    return this.databases.get();
  }

  @Get('runtime')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listOpsProcesses',
    summary: 'Event loop, memory and collector of each process',
  })
  @ZodResponse({ status: 200, type: RuntimeView })
  async listProcesses() {
    return { data: await this.machines.listProcesses() };
  }

  @Get('dependencies')
  @RequirePermission('ops:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listOpsDependencies',
    summary: 'What the processes need, and its last 24 hours',
  })
  @ZodResponse({ status: 200, type: DependenciesView })
  async listDependencies() {
    return { data: await this.needed.list() };
  }
}
