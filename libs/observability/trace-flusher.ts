import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';

/** Milliseconds. A receiver that hangs must not delay a shutdown. */
const limitMs = 3000;

/** Sends the last spans before the process ends, after requests and jobs have drained. */
@Injectable()
export class TraceFlusher implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    const provider = trace.getTracerProvider();
    const delegate = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
    if (!('forceFlush' in delegate)) return;
    const flushed = (delegate as { forceFlush(): Promise<void> }).forceFlush().catch(() => {});
    await Promise.race([flushed, sleep(limitMs, undefined, { ref: false })]);
  }
}
