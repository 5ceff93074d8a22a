// `node --import ./dist/libs/observability/otel.js` preloads this file before the code that it traces. Without
// OTEL_EXPORTER_OTLP_ENDPOINT it loads nothing and costs nothing; with it, the standard OTEL_* variables apply.
if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) {
  const { startTracing } = await import('./tracing.js');
  await startTracing();
}
