import { type DynamicModule, Module } from '@nestjs/common';
import { MetricsController } from './metrics/metrics.controller.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { RuntimeMetrics } from './metrics/runtime-metrics.js';
import { type OpsOptions, opsOptions } from './ops-options.js';

/** What a process shows of itself, for every process. */
@Module({})
export class OpsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    return {
      module: OpsModule,
      controllers: [MetricsController],
      providers: [{ provide: opsOptions, useValue: options }, MetricsServer, RuntimeMetrics],
    };
  }
}
