import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { WorkerHeartbeat } from '#libs/queue';
import type { HealthCheck } from './health-check.js';
import { PostgresCheck } from './postgres.check.js';
import { RedisCheck } from './redis.check.js';

/**
 * Checks that a job can pass: that the relay, the schedules and the fetching of each queue were heard of lately. After an answer of a
 * server failed to come, each has to be heard of again, because the connections of all may have died without a word.
 */
@Injectable()
export class WorkerCheck implements HealthCheck {
  constructor(
    private readonly heartbeat: WorkerHeartbeat,
    private readonly postgres: PostgresCheck,
    private readonly redis: RedisCheck,
    private readonly indicators: HealthIndicatorService,
  ) {}

  async check(): Promise<HealthIndicatorResult> {
    // The two share their answers with whoever else asks within a second.
    const answers = await Promise.all([this.postgres.check(), this.redis.check()]);
    if (answers.some(({ postgres, redis }) => postgres?.status === 'down' || redis?.status === 'degraded'))
      this.heartbeat.forget();
    const { healthy, ages } = this.heartbeat.check();
    const indicator = this.indicators.check('jobs');
    return healthy ? indicator.up({ heard_ms_ago: ages }) : indicator.down({ heard_ms_ago: ages });
  }
}
