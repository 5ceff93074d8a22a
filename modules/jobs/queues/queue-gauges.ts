import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { observeDepth, observeOldestWaiting, observeOutboxAge } from './queue-metrics.js';
import type { QueueSummary } from './queues.contract.js';
import { QueuesService } from './queues.service.js';

/** Reports what operators see of the queues. Every worker does, and all report the same: a dashboard takes the largest value. */
@Injectable()
export class QueueGauges implements OnApplicationBootstrap, OnModuleDestroy {
  #stops: (() => void)[] = [];

  constructor(private readonly queues: QueuesService) {}

  onApplicationBootstrap(): void {
    this.#stops = [
      observeDepth(async () => (await this.queues.list()).flatMap(depths)),
      observeOldestWaiting(async () =>
        (await this.queues.list()).flatMap(({ name, oldest_waiting_seconds }) =>
          age(name, oldest_waiting_seconds),
        ),
      ),
      observeOutboxAge(async () =>
        (await this.queues.list()).flatMap(({ name, outbox }) => age(name, outbox.oldest_seconds)),
      ),
    ];
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }
}

function depths({ name: queue, counts, outbox }: QueueSummary) {
  const { waiting, active, delayed, dead } = counts;
  const byState = { waiting, active, delayed, dead, outbox: outbox.backlog };
  return Object.entries(byState).map(([state, value]) => ({ value, by: { queue, state } }));
}

const age = (queue: string, seconds: number | null) =>
  seconds === null ? [] : [{ value: seconds, by: { queue } }];
