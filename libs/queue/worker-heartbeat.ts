import { Injectable, Module } from '@nestjs/common';

/** Milliseconds that a part may be late with its beat: an answer takes less, also on a busy server. */
const slack = 3000;

/** `every`: milliseconds between two beats. `at`: when the last one was, none yet being long ago. */
interface Part {
  every: number;
  at: number;
}

/**
 * Proof that the worker works: when each part of it last got an answer from its server. A BullMQ
 * worker that lost its connection still calls itself running.
 */
@Injectable()
export class WorkerHeartbeat {
  readonly #parts = new Map<string, Part>();

  /** Names the parts that have to beat, and the milliseconds within which each does; until then nothing is healthy. */
  expect(parts: string[], every: number): void {
    for (const part of parts) this.#parts.set(part, { every, at: -Infinity });
  }

  beat(name: string): void {
    const part = this.#parts.get(name);
    if (part) part.at = performance.now();
  }

  /** To be called when a server did not answer: what each part heard before says nothing about its connections now. */
  forget(): void {
    for (const part of this.#parts.values()) part.at = -Infinity;
  }

  isHealthy(): boolean {
    return this.check().healthy;
  }

  /** Milliseconds since the last beat of each part; null for none yet. */
  check(): { healthy: boolean; ages: Record<string, number | null> } {
    const now = performance.now();
    const parts = [...this.#parts];
    const healthy = parts.length > 0 && parts.every(([, { every, at }]) => now - at < every + slack);
    const ages = parts.map(([name, { at }]) => [name, Number.isFinite(at) ? Math.round(now - at) : null]);
    return { healthy, ages: Object.fromEntries(ages) as Record<string, number | null> };
  }
}

/** For the probes of the worker too. */
@Module({ providers: [WorkerHeartbeat], exports: [WorkerHeartbeat] })
export class WorkerHeartbeatModule {}
