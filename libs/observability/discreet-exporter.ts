import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import { networkOf } from './access-log.js';

type Configuration = NonNullable<ConstructorParameters<typeof NodeSDK>[0]>;
export type SpanExporter = NonNullable<Configuration['traceExporter']>;
export type FinishedSpan = Parameters<SpanExporter['export']>[0][number];

/** What callers send: the route pattern says which handler ran, the log's request id leads to the rest. */
const withheld = ['url.path', 'url.query', 'http.target', 'http.url', 'user_agent.original'];

/** Characters; a bulk insert's text is long and says nothing new after its beginning. */
const maxSqlLength = 2000;

/**
 * The same exporter, but spans leave without what instrumentations copy from input, SQL values and error messages. And they
 * leave in the context of none: the timer that sends a batch carries that of its first span, where a transaction may still be
 * open, which makes no requests.
 */
export function discreet(exporter: SpanExporter): SpanExporter {
  const outside = AsyncLocalStorage.snapshot();
  return {
    export: (spans, done) => outside(() => exporter.export(spans.map(withoutInput), done)),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}

/** Changes the span in place: it has ended, and the exporter is the last to see it. */
function withoutInput(span: FinishedSpan): FinishedSpan {
  const { attributes } = span;
  for (const name of withheld) delete attributes[name];
  change(attributes, 'url.full', (url) => url.replace(/[?#].*$/s, ''));
  change(attributes, 'db.query.text', withoutLiterals);
  change(attributes, 'client.address', networkOf);
  // For a client span the peer is the server that we called.
  if ('client.address' in attributes) change(attributes, 'network.peer.address', networkOf);
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

/** Statements that travel with BEGIN and COMMIT have their values written into them. */
function withoutLiterals(sql: string): string {
  return sql.replaceAll(/'(?:[^']|'')*'/g, '?').slice(0, maxSqlLength);
}
