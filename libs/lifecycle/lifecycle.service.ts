import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Config } from '#libs/config';
import type { HttpAdapter } from '#libs/http';

/**
 * The order of a stop: readiness flips, requests are still served while the balancer notices, then the server
 * closes when the last answer is out. Pools close after that, see DatabaseModule.
 */
@Injectable()
export class LifecycleService implements OnModuleDestroy, BeforeApplicationShutdown {
  #isDraining = false;

  constructor(
    private readonly config: Config,
    private readonly host: HttpAdapterHost<HttpAdapter>,
  ) {}

  get isDraining(): boolean {
    return this.#isDraining;
  }

  onModuleDestroy(): void {
    this.#isDraining = true;
    this.host.httpAdapter.drain();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await sleep(this.config.SHUTDOWN_HOLD_MS);
  }
}
