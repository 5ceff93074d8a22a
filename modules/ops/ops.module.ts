import { type DynamicModule, Module } from '@nestjs/common';
import { and, eq, lt, or, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { BudgetService } from './economics/budget.service.js';
import { EconomicsController } from './economics/economics.controller.js';
import { EconomicsService } from './economics/economics.service.js';
import { ErrorRecorder } from './errors/error-recorder.js';
import { ErrorsController } from './errors/errors.controller.js';
import { opsErrors } from './errors/errors.schema.js';
import { ErrorsService } from './errors/errors.service.js';
import { LogLevelController } from './log-level/log-level.controller.js';
import { LogLevelService } from './log-level/log-level.service.js';
import { LogLevelSync } from './log-level/log-level-sync.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { RuntimeMetrics } from './metrics/runtime-metrics.js';
import { type OpsOptions, opsOptions } from './ops-options.js';
import { DatabaseReportService } from './reports/database-report.service.js';
import { DependenciesService } from './reports/dependencies.service.js';
import { InstancesService } from './reports/instances.service.js';
import { MachinesService } from './reports/machines.service.js';
import { OverviewService } from './reports/overview.service.js';
import { ReportsController } from './reports/reports.controller.js';
import { SeriesService } from './reports/series.service.js';
import { WorkService } from './reports/work.service.js';
import { ServiceLevelsController } from './service-levels/service-levels.controller.js';
import { ServiceLevelsService } from './service-levels/service-levels.service.js';
import { SlowestController } from './slowest/slowest.controller.js';
import { SlowestService } from './slowest/slowest.service.js';
import { OpsProcessor } from './samples/ops.processor.js';
import { SampleReader } from './samples/sample-reader.js';
import { SampleRollupService } from './samples/sample-rollup.service.js';
import { Sampler } from './samples/sampler.js';
import { opsInstances, opsSamples } from './samples/samples.schema.js';

/** How long rows of each resolution are kept. Charts of a period read rows that are kept for longer. */
const kept = { '10s': '24 hours', '1m': '7 days', '1h': '90 days' } as const;

/** Causes of failures that are kept. */
const maxErrors = 1000;

/** What a process measures and shows of itself, for every process. */
@Module({})
export class OpsModule {
  constructor(retention: RetentionService) {
    const { resolution, at, id } = opsSamples;
    const isOld = Object.entries(kept).map(([name, length]) =>
      and(eq(resolution, name as keyof typeof kept), lt(at, sql`now() - ${sql.raw(`interval '${length}'`)}`)),
    );
    retention.addRule(opsSamples, id, or(...isOld)!);
    retention.addRule(
      opsInstances,
      opsInstances.id,
      lt(opsInstances.lastSeenAt, sql`now() - interval '7 days'`),
    );
    // Causes that were met last matter most; a fault of ours that makes many of them must not fill the table.
    const { fingerprint, lastSeenAt } = opsErrors;
    retention.addRule(
      opsErrors,
      fingerprint,
      sql`(${lastSeenAt} < now() - interval '90 days' or ${fingerprint} not in
        (select fingerprint from ops_errors order by last_seen_at desc limit ${maxErrors}))`,
    );
  }

  static forRoot(options: OpsOptions): DynamicModule {
    return {
      module: OpsModule,
      controllers: [MetricsController],
      providers: [
        { provide: opsOptions, useValue: options },
        MetricsServer,
        RuntimeMetrics,
        ErrorRecorder,
        Sampler,
        LogLevelSync,
      ],
    };
  }
}

/** What all processes measured, for the API. */
@Module({
  imports: [AuditLogModule],
  controllers: [
    ReportsController,
    ServiceLevelsController,
    ErrorsController,
    EconomicsController,
    LogLevelController,
    SlowestController,
  ],
  providers: [
    BudgetService,
    DatabaseReportService,
    DependenciesService,
    EconomicsService,
    ErrorsService,
    InstancesService,
    LogLevelService,
    MachinesService,
    OverviewService,
    SampleReader,
    SeriesService,
    ServiceLevelsService,
    SlowestService,
    WorkService,
  ],
})
export class OpsHttpModule {}

/** Keeps the table of samples small, for the worker. */
@Module({ providers: [OpsProcessor, SampleRollupService] })
export class OpsWorkerModule {}
