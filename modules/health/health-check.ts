import type { HealthIndicatorResult } from '@nestjs/terminus';

/** One thing a process depends on. `down` when it cannot work without it now, `degraded` when it can. */
export interface HealthCheck {
  check(): Promise<HealthIndicatorResult>;
}

/** Token of the checks of this process; each process names its own. */
export const healthChecks = Symbol('health checks');
