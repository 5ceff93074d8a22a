import { AsyncLocalStorage } from 'node:async_hooks';
import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import { withoutLiterals } from './sql-text.js';

type Configuration = NonNullable<ConstructorParameters<typeof NodeSDK>[0]>;
export type SpanExporter = NonNullable<Configuration['traceExporter']>;
export type FinishedSpan = Parameters<SpanExporter['export']>[0][number];

/** The attributes with input of the caller. The route pattern names the handler, and the request id leads to the log. */
const withheld = ['url.path', 'url.query', 'http.target', 'http.url', 'user_agent.original'];

/**
 * The attributes in which the HTTP instrumentation repeats X-Forwarded-For and X-Forwarded-Host of any caller, and the address
 * of the connection. The HTTP server names the client in the span of its route, see `describeClient`.
 */
const unproven = [
  'client.address',
  'network.peer.address',
  'network.peer.port',
  'server.address',
  'server.port',
];

/**
 * Wraps an exporter so that it sends spans without the input, SQL values and error messages that instrumentations copy into
 * them. It exports outside any async context: the timer of a batch carries the context of its first span, in which a
 * transaction may still be open, and a transaction refuses requests.
 */
export function redactingExporter(exporter: SpanExporter): SpanExporter {
  const outsideContexts = AsyncLocalStorage.snapshot();
  return {
    export: (spans, done) => outsideContexts(() => exporter.export(spans.map(withoutInput), done)),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Changes the span in place: it has ended, and only the exporter still reads it. */
function withoutInput(span: FinishedSpan): FinishedSpan {
  const { attributes } = span;
  for (const name of withheld) delete attributes[name];
  change(attributes, 'url.full', (url) => url.replace(/[?#].*$/s, ''));
  change(attributes, 'db.query.text', withoutLiterals);
  if (span.kind === SpanKind.SERVER) for (const name of unproven) delete attributes[name];
  for (const { attributes: details } of span.events) {
    delete details?.['exception.message'];
    delete details?.['exception.stacktrace'];
  }
  delete span.status.message;
  return span;
}

function change(attributes: Attributes, name: string, by: (value: string) => string): void {
  const value = attributes[name];
  if (typeof value === 'string') attributes[name] = by(value);
}
