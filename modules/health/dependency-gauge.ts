import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { defineGauge } from '#libs/metrics';
import { type HealthCheck, healthChecks } from './health-check.js';

const observeDependency = defineGauge({
  name: 'mainstay.dependency',
  unit: '1',
  description: 'what the process needs: 1 when it is up, 0.5 when it is degraded, 0 when it is down',
  attributes: ['dependency'],
});

const values: Record<string, number> = { up: 1, degraded: 0.5 };

/** Reports what the checks of this process say. They share their answers with the probes of the same second. */
@Injectable()
export class DependencyGauge implements OnApplicationShutdown {
  readonly #stop: () => void;

  constructor(@Inject(healthChecks) checks: HealthCheck[]) {
    this.#stop = observeDependency(async () => {
      const results = await Promise.all(checks.map((check) => check.check()));
      return results.flatMap((result) =>
        Object.entries(result).map(([dependency, { status }]) => ({
          value: values[status] ?? 0,
          by: { dependency },
        })),
      );
    });
  }

  onApplicationShutdown(): void {
    this.#stop();
  }
}
