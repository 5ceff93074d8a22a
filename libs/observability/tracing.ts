import { basename, dirname } from 'node:path';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { discreet, type SpanExporter } from './discreet-exporter.js';

/**
 * Starts the OpenTelemetry SDK: spans of HTTP, Fastify's routes and Postgres, and the metrics of the same. Without the
 * loader hook of instrumentations, which would slow every import: what they patch here is CommonJS inside and comes by
 * require(), also when our code asks for it by import.
 */
export async function startTracing(): Promise<void> {
  // Not the process: its command line may hold what nobody meant to publish.
  process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,host,serviceinstance';
  // Logs go to stdout.
  process.env.OTEL_LOGS_EXPORTER ??= 'none';
  const sdk = new NodeSDK({
    // apps/api/main.js is mainstay-api.
    serviceName: process.env.OTEL_SERVICE_NAME ?? `mainstay-${basename(dirname(process.argv[1] ?? 'node/'))}`,
    traceExporter: discreet(await exporterOf(process.env.OTEL_EXPORTER_OTLP_PROTOCOL)),
    instrumentations: [
      new HttpInstrumentation({
        // Probes come every few seconds and say nothing.
        ignoreIncomingRequestHook: (request) => request.url?.startsWith('/health') ?? false,
        requireParentforOutgoingSpans: true,
      }),
      // Knows the route pattern; a span for each hook would drown what a reader looks for.
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        instrumentHandler: false,
        recordExceptions: false,
      }),
      // Polling for work is no trace of its own; waiting for a connection is in the pool's metrics.
      new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    ],
  });
  sdk.start();
}

/** The values of OTEL_EXPORTER_OTLP_PROTOCOL that go over HTTP; protobuf is the default of the OpenTelemetry specification. */
async function exporterOf(protocol: string | undefined): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
