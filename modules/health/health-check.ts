import type { HealthIndicatorResult } from '@nestjs/terminus';

/** A check of one dependency of a process: `down` when the process cannot work without it, `degraded` when it can. */
export interface HealthCheck {
  check(): Promise<HealthIndicatorResult>;
}

/** The token of the checks of this process. Each process provides its own. */
export const healthChecks = Symbol('health checks');
