import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { defineGauge, observeRuntime } from '#libs/metrics';
import { version } from '#libs/observability';
import { type OpsOptions, opsOptions } from '../ops-options.js';

const observeBuild = defineGauge({
  name: 'mainstay.build_info',
  unit: '{process}',
  description: 'always 1; the attributes say what runs',
  attributes: ['app', 'version', 'node'],
});

/** Reports the process itself for as long as its application is there. */
@Injectable()
export class RuntimeMetrics implements OnApplicationShutdown {
  readonly #stops: (() => void)[];

  constructor(@Inject(opsOptions) { app }: OpsOptions) {
    const by = { app, version: version(), node: process.version };
    this.#stops = [observeRuntime(), observeBuild(() => [{ value: 1, by }])];
  }

  onApplicationShutdown(): void {
    for (const stop of this.#stops) stop();
  }
}
