import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import { redactingExporter, type FinishedSpan, type SpanExporter } from './redacting-exporter.js';

const canary = 'canary-7f3a';

/** Returns the span that the receiver gets for a span with these attributes. */
function exported(span: Partial<FinishedSpan>): FinishedSpan {
  const arrived: FinishedSpan[] = [];
  const exporter: SpanExporter = {
    export: (spans, done) => {
      arrived.push(...spans);
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const whole = { attributes: {}, events: [], status: { code: 0 }, ...span } as unknown as FinishedSpan;
  redactingExporter(exporter).export([whole], () => {});
  return arrived[0]!;
}

it('a span of an error keeps the type of the error and loses its message', () => {
  const span = exported({
    status: { code: 2, message: canary },
    events: [
      {
        name: 'exception',
        time: [0, 0],
        attributes: {
          'exception.type': '23505',
          'exception.message': canary,
          'exception.stacktrace': canary,
        },
      },
    ],
  });
  expect(span.status).toEqual({ code: 2 });
  expect(span.events[0]?.attributes).toEqual({ 'exception.type': '23505' });
});

it.each([
  [`insert into t values ('${canary}', 1)`, 'insert into t values (?, 1)'],
  [`BEGIN; select f('it''s ${canary}'); SAVEPOINT opened`, 'BEGIN; select f(?); SAVEPOINT opened'],
  [`select E'\\\\${canary}', '\\x${canary}'::bytea`, 'select E?, ?::bytea'],
  ['select $1', 'select $1'],
])('SQL leaves without the values written into it: %s', (text, expected) => {
  expect(exported({ attributes: { 'db.query.text': text } }).attributes).toEqual({
    'db.query.text': expected,
  });
});

it('the span of a request keeps no address that its header fields claim, the one of a call keeps its server', () => {
  const claimed = {
    'client.address': canary,
    'server.address': canary,
    'network.peer.address': '203.0.113.77',
    'network.peer.port': 51_234,
  };
  expect(exported({ kind: SpanKind.SERVER, attributes: claimed }).attributes).toEqual({});
  expect(exported({ attributes: { 'client.address': '203.0.113.0/24' } }).attributes).toEqual({
    'client.address': '203.0.113.0/24',
  });
  const call = {
    'network.peer.address': '203.0.113.77',
    'url.full': `https://idp.example/token?code=${canary}`,
  };
  expect(exported({ kind: SpanKind.CLIENT, attributes: call }).attributes).toEqual({
    'network.peer.address': '203.0.113.77',
    'url.full': 'https://idp.example/token',
  });
});

it('spans are exported outside the async context in which they ended', () => {
  const work = new AsyncLocalStorage<string>();
  const contexts: unknown[] = [];
  const exporter = redactingExporter({
    export: () => contexts.push(work.getStore()),
    shutdown: async () => {},
  });
  work.run('a transaction', () => exporter.export([], () => {}));
  expect(contexts).toEqual([undefined]);
});
