import { basename, dirname } from 'node:path';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { AggregationType } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { resourceAttributes, resourceOf } from './resource.js';
import { redactingExporter, type SpanExporter } from './redacting-exporter.js';

/**
 * Starts the OpenTelemetry SDK with spans of HTTP, the routes of Fastify, and Postgres, and the metrics of libs/metrics. It does without the loader
 * hook of the instrumentations, which would slow every import: the packages that they patch are CommonJS inside, and Node loads
 * them with require(), also when our code imports them.
 */
export async function startTracing(): Promise<void> {
  // The process is not among the detectors, because its command line may hold secrets.
  process.env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,host';
  // apps/api/main.js is the app api.
  const resource = resourceOf(basename(dirname(process.argv[1] ?? 'node/')));
  // The SDK lets its detectors have the last word, and this is what the first of them reads.
  const attributes = Object.entries({ ...resourceAttributes(process.env), ...resource });
  process.env.OTEL_RESOURCE_ATTRIBUTES = attributes
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join(',');
  // The process writes its log to stdout.
  process.env.OTEL_LOGS_EXPORTER ??= 'none';
  const sdk = new NodeSDK({
    // libs/metrics reports the same requests and statements under the same names; one of the two must be silent.
    views: ['http', 'pg'].map((name) => ({
      meterName: `@opentelemetry/instrumentation-${name}`,
      aggregation: { type: AggregationType.DROP },
    })),
    traceExporter: redactingExporter(await exporterOf(process.env.OTEL_EXPORTER_OTLP_PROTOCOL)),
    instrumentations: [
      new HttpInstrumentation({
        // Probes come every few seconds and have no news.
        ignoreIncomingRequestHook: (request) => request.url?.startsWith('/health') ?? false,
        requireParentforOutgoingSpans: true,
      }),
      // This one knows the route pattern. A span for each hook would hide the spans that a reader looks for.
      new FastifyOtelInstrumentation({
        registerOnInitialization: true,
        instrumentHooks: false,
        instrumentHandler: false,
        recordExceptions: false,
      }),
      // A poll for work must not start a trace; the metrics of the pool show the time spent waiting for a connection.
      new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    ],
  });
  sdk.start();
}

/** Returns the exporter for OTEL_EXPORTER_OTLP_PROTOCOL over HTTP. Protobuf is the default of the OpenTelemetry specification. */
async function exporterOf(protocol: string | undefined): Promise<SpanExporter> {
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter();
}
