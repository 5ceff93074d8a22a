import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IQueueBackend } from 'bullmq';
import { connectionClosed } from './connection-closed.js';

/** Milliseconds from a first connection that failed to the next try. */
const reconnectAfter = 250;

/** Milliseconds that a stop waits for a connection that is being made; its server may be away. */
const readyWithin = 2000;

/**
 * A backend of BullMQ that connects when `opened` resolves, and again until that has worked once. BullMQ's own backends connect when
 * a queue or a worker is constructed and keep a failure of that first connection for ever: the queue would refuse every job from then
 * on, and the worker call itself running. A call that comes before the first connection waits for it, and rejects when the backend is closed.
 */
export function lateBackend(
  name: string,
  opened: Promise<void>,
  connect: () => IQueueBackend,
): IQueueBackend {
  const late = new LateBackend(name, opened, connect);
  return new Proxy(late as unknown as IQueueBackend, {
    get(_, property) {
      if (property in late) {
        const own: unknown = Reflect.get(late, property, late);
        return typeof own === 'function' ? own.bind(late) : own;
      }
      // Whatever is awaited is asked for `then`; a symbol names no operation either.
      if (property === 'then' || typeof property === 'symbol') return undefined;
      return (...args: unknown[]) => late.call(property as keyof IQueueBackend, args);
    },
  });
}

class LateBackend extends EventEmitter {
  /** BullMQ names keys only in flows, which are not used here. */
  readonly keys = {};
  readonly #stopping = new AbortController();
  readonly #ready: Promise<IQueueBackend>;
  #current: IQueueBackend | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    readonly qualifiedName: string,
    opened: Promise<void>,
    connect: () => IQueueBackend,
  ) {
    super();
    this.#ready = this.#connect(opened, connect);
    this.#ready.catch(() => {}); // Each call that waits for it rejects.
  }

  get closing(): Promise<void> | undefined {
    return this.#closing;
  }

  get minimumBlockTimeout(): number {
    return this.#current!.minimumBlockTimeout;
  }

  get maximumBlockTimeout(): number | undefined {
    return this.#current!.maximumBlockTimeout;
  }

  toKey(type: string): string {
    return this.#current?.toKey(type) ?? `${this.qualifiedName}:${type}`;
  }

  clientName(suffix?: string): string {
    return this.#current?.clientName(suffix) ?? this.qualifiedName;
  }

  async waitUntilReady(): Promise<void> {
    await this.#ready;
  }

  async call(operation: keyof IQueueBackend, args: unknown[]): Promise<unknown> {
    const backend = await this.#ready;
    return (backend[operation] as (...args: unknown[]) => unknown)(...args);
  }

  close(force?: boolean): Promise<void> {
    this.#closing ??= this.#close(force);
    return this.#closing;
  }

  async #close(force?: boolean): Promise<void> {
    this.#stopping.abort();
    const backend = this.#current;
    if (!backend) return;
    // On Postgres a backend that is closed before it has named its connection takes one from the pool afterwards, and the pool never ends.
    const ready = backend.waitUntilReady().catch(() => {});
    await Promise.race([ready, sleep(readyWithin, undefined, { ref: false })]);
    await backend.close(force);
  }

  async #connect(opened: Promise<void>, connect: () => IQueueBackend): Promise<IQueueBackend> {
    const { signal } = this.#stopping;
    await Promise.race([opened, once(signal, 'abort')]);
    while (!signal.aborted) {
      const backend = (this.#current = connect());
      for (const event of ['ready', 'error', 'close'] as const)
        backend.on(event, (...args: unknown[]) => this.emit(event, ...args));
      try {
        await backend.waitUntilReady();
        return backend;
      } catch {
        await backend.close().catch(() => {});
        await sleep(reconnectAfter, undefined, { signal }).catch(() => {});
      }
    }
    throw connectionClosed();
  }
}
