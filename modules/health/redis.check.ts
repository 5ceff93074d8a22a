import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Redis } from 'ioredis';
import { Config } from '#libs/config';
import type { HealthCheck } from './health-check.js';
import { OutageLog } from './outage-log.js';
import { SingleFlight } from './single-flight.js';

/** Milliseconds, as for Postgres. */
const timeoutMs = 800;

/**
 * Checks Redis where it is used. The API needs it only for rate limits and works without it, so it is degraded and never
 * down; of a worker, WorkerCheck says that no job passes.
 */
@Injectable()
export class RedisCheck implements HealthCheck, OnApplicationShutdown {
  readonly #redis: Redis | undefined;
  readonly #outages = new OutageLog('Redis');
  /** The reason of the last failure to connect, which a command that waits for the connection does not get. */
  #failure: Error | undefined;
  readonly #ping = new SingleFlight(async () => this.#redis?.ping());

  constructor(
    { REDIS_URL }: Config,
    private readonly indicators: HealthIndicatorService,
  ) {
    if (!REDIS_URL) return;
    this.#redis = new Redis(REDIS_URL, {
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      // The next question then goes to a new connection.
      socketTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    this.#redis.on('error', (error) => (this.#failure = error));
  }

  async check(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('redis');
    if (!this.#redis) return indicator.up({ used: false });
    try {
      await this.#ping.get();
      this.#outages.passed();
      this.#failure = undefined;
      return indicator.up({ used: true });
    } catch (error) {
      this.#outages.failed(this.#failure ?? error);
      return indicator.degraded({ reason: 'it does not answer' });
    }
  }

  onApplicationShutdown(): void {
    this.#redis?.disconnect();
  }
}
