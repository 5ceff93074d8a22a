import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { WorkerHeartbeat } from '#libs/queue';
import type { HealthCheck } from './health-check.js';

/**
 * Checks that the worker has recently fetched jobs and the relay has recently dispatched messages, not only that both have
 * started.
 */
@Injectable()
export class WorkerCheck implements HealthCheck {
  constructor(
    private readonly heartbeat: WorkerHeartbeat,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    const { healthy, ages } = this.heartbeat.check();
    const indicator = this.indicators.check('jobs');
    return healthy ? indicator.up({ heard_ms_ago: ages }) : indicator.down({ heard_ms_ago: ages });
  }
}
