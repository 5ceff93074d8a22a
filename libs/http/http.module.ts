import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ProblemPagesController } from './problem-pages.controller.js';
import { RouteAudit } from './route-audit.js';
import { RouteViews } from './route-views.js';

@Module({
  imports: [DiscoveryModule],
  controllers: [ProblemPagesController],
  providers: [RouteAudit, RouteViews],
})
export class HttpModule {}
