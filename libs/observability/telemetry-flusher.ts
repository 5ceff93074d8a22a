import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { metrics, ProxyTracerProvider, trace } from '@opentelemetry/api';

/** Milliseconds. A receiver that hangs must not delay a shutdown. */
const limitMs = 3000;

/** Sends the last spans and metrics before the process ends, after requests and jobs have drained. */
@Injectable()
export class TelemetryFlusher implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    const provider = trace.getTracerProvider();
    const tracing = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
    const flushed = Promise.allSettled([tracing, metrics.getMeterProvider()].map(flush));
    await Promise.race([flushed, sleep(limitMs, undefined, { ref: false })]);
  }
}

/** The providers of an SDK can flush; those that stand there without one cannot. */
async function flush(provider: object): Promise<void> {
  if ('forceFlush' in provider) await (provider as { forceFlush(): Promise<void> }).forceFlush();
}
