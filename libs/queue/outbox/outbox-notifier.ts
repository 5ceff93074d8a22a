import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '#libs/database';

/** The Postgres channel on which the relay listens. */
export const outboxChannel = 'outbox';

/**
 * Milliseconds. Postgres lets only one notifying transaction of the whole server commit at a time, so a
 * notification per request would cap the writes of all processes at some 500 a second.
 */
const coalesceMs = 25;

/**
 * Tells the relay that the outbox has rows, at most once in 25 ms and never inside the transaction that wrote
 * them. A notification that is lost costs one poll of the relay.
 */
@Injectable()
export class OutboxNotifier implements OnModuleDestroy {
  readonly #log = new Logger(OutboxNotifier.name);
  #timer: NodeJS.Timeout | undefined;
  #notifiedAt = 0;

  constructor(private readonly db: Database) {}

  /** To be called after the commit: before it, the relay would find nothing. */
  notify(): void {
    if (this.#timer) return;
    const waitMs = Math.max(0, this.#notifiedAt + coalesceMs - performance.now());
    this.#timer = setTimeout(() => void this.#send(), waitMs).unref();
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
  }

  async #send(): Promise<void> {
    this.#timer = undefined;
    this.#notifiedAt = performance.now();
    try {
      await this.db.conn.execute(`NOTIFY ${outboxChannel}`);
    } catch {
      this.#log.debug('The relay could not be notified; it polls.');
    }
  }
}
