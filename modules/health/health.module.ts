import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { WorkerHeartbeatModule } from '#libs/queue';
import { DependencyGauge } from './dependency-gauge.js';
import { type HealthCheck, healthChecks } from './health-check.js';
import { HealthController } from './health.controller.js';
import { PostgresCheck } from './postgres.check.js';
import { RedisCheck } from './redis.check.js';
import { WorkerCheck } from './worker.check.js';

const terminus = TerminusModule.forRoot({ logger: false });

/** The probes of the API. */
@Module({
  imports: [terminus],
  controllers: [HealthController],
  providers: [
    PostgresCheck,
    RedisCheck,
    DependencyGauge,
    {
      provide: healthChecks,
      inject: [PostgresCheck, RedisCheck],
      useFactory: (...checks: HealthCheck[]) => checks,
    },
  ],
})
export class HealthHttpModule {}

/** The probes of the worker, which must also be fetching jobs. */
@Module({
  imports: [terminus, WorkerHeartbeatModule],
  controllers: [HealthController],
  providers: [
    PostgresCheck,
    WorkerCheck,
    DependencyGauge,
    {
      provide: healthChecks,
      inject: [PostgresCheck, WorkerCheck],
      useFactory: (...checks: HealthCheck[]) => checks,
    },
  ],
})
export class HealthWorkerModule {}
