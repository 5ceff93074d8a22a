import { Injectable, Module } from '@nestjs/common';

/** Milliseconds. A queue is asked for work every 5 s when idle, and locks are renewed more often: three chances. */
const staleAfter = 15_000;

/**
 * Proof that the worker works: when each part of it last got an answer from its server. A BullMQ
 * worker that lost its connection still calls itself running.
 */
@Injectable()
export class WorkerHeartbeat {
  readonly #beats = new Map<string, number>();

  /** Names the parts that have to beat; until then nothing is healthy. */
  expect(parts: string[]): void {
    for (const part of parts) this.#beats.set(part, -Infinity);
  }

  beat(part: string): void {
    this.#beats.set(part, performance.now());
  }

  isHealthy(): boolean {
    return this.check().healthy;
  }

  /** Milliseconds since the last beat of each part; null for none yet. */
  check(): { healthy: boolean; ages: Record<string, number | null> } {
    const now = performance.now();
    const ages = [...this.#beats].map(
      ([part, at]) => [part, Number.isFinite(at) ? Math.round(now - at) : null] as const,
    );
    const healthy = ages.length > 0 && ages.every(([, age]) => age !== null && age < staleAfter);
    return { healthy, ages: Object.fromEntries(ages) };
  }
}

/** For the probes of the worker too. */
@Module({ providers: [WorkerHeartbeat], exports: [WorkerHeartbeat] })
export class WorkerHeartbeatModule {}
