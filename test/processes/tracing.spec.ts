import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { failed, kinds, OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';

const preload = resolve('dist/libs/observability/otel.js');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerSpan}-01`;
const canary = 'canary-7f3a';
/** The first entry comes from the client, and the last one from a proxy that appends the port. */
const forwarded = `${canary}, 203.0.113.77:51234`;

/** The spans that the application exported, and everything that it wrote to stdout. */
interface Outcome {
  spans: ReceivedSpan[];
  exported: string;
  log: string;
}

/** The servers and processes of a failing test, which would keep the test run from ending. */
const leftovers: (() => void)[] = [];
afterAll(() => leftovers.forEach((remove) => remove()));

function start(exporting: NodeJS.ProcessEnv): ChildProcess {
  const app = fork('libs/observability/fixtures/traced-app.mjs', {
    execArgv: ['--import', preload],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { DATABASE_URL: process.env.TEST_DATABASE_ADMIN_URL, ...exporting },
  });
  leftovers.push(() => app.kill('SIGKILL'));
  return app;
}

/** Starts the application, requests these paths and stops it: it sends the last spans when it ends. */
async function trace(requests: [path: string, headers?: Record<string, string>][]): Promise<Outcome> {
  const receiver = await OtlpReceiver.start();
  leftovers.push(() => receiver.close());
  const app = start(receiver.env);
  const [[url], log] = [await once(app, 'message'), text(app.stdout!)];
  for (const [path, headers = {}] of requests) await (await fetch(`${url}${path}`, { headers })).text();
  app.kill('SIGTERM');
  await once(app, 'exit');
  return { spans: receiver.spans, exported: receiver.exported, log: await log };
}

describe('a traced process', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await trace([
      [
        `/v1/things/42?token=${canary}`,
        { traceparent, 'user-agent': canary, 'x-canary': canary, 'x-forwarded-for': forwarded },
      ],
      [`/v1/failures/${canary}`],
      [`/nothing/${canary}`],
      [`/health/00-1${traceId.slice(1)}-${callerSpan}-01`],
    ]);
  });

  const inTrace = (id: string) => outcome.spans.filter((span) => span.traceId === id);

  it("joins the caller's trace, from the request to the query, by the route's pattern", () => {
    const spans = inTrace(traceId);
    const request = spans.find(({ kind }) => kind === kinds.server)!;
    expect(request).toMatchObject({ name: 'GET /v1/things/:id', parentSpanId: callerSpan });
    expect(request.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/v1/things/:id',
      'http.response.status_code': 200,
    });
    const route = spans.find(({ kind }) => kind === kinds.internal)!;
    expect(route.parentSpanId).toBe(request.spanId);
    const queries = spans.filter(({ attributes }) => attributes['db.query.text'] !== undefined);
    expect(queries.map(({ parentSpanId }) => parentSpanId)).toEqual([route.spanId, route.spanId]);
    expect(queries.map(({ attributes }) => attributes['db.query.text'])).toEqual([
      'select $1::text as id',
      'select ? as text',
    ]);
  });

  it('exports nothing of the input: no query, path, header, SQL value or message of an error', () => {
    expect(outcome.exported).not.toContain(canary);
    expect(outcome.spans.filter(({ status }) => status.code === failed).length).toBeGreaterThan(0);
  });

  it('names the client by the network of its parsed address, and by nothing that a header field claims', () => {
    const addresses = (name: string) =>
      inTrace(traceId)
        .map(({ attributes }) => attributes[name])
        .filter(Boolean);
    expect(addresses('client.address')).toEqual(['203.0.113.0/24']);
    expect(addresses('server.address').filter((address) => address !== '127.0.0.1')).toEqual([]);
  });

  it('leaves probes out', () => {
    expect(outcome.spans.filter(({ name }) => name.includes('/health'))).toEqual([]);
  });

  it('continues the trace of a message in a span of its consumer', () => {
    const spans = inTrace(`1${traceId.slice(1)}`);
    const consumer = spans.find(({ kind }) => kind === kinds.consumer)!;
    expect(consumer).toMatchObject({ name: 'process thing', parentSpanId: callerSpan });
    expect(spans.find(({ kind }) => kind === kinds.client)?.parentSpanId).toBe(consumer.spanId);
  });

  it('names the trace in its log, which also holds nothing of the input', () => {
    const lines = outcome.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.find(({ msg }) => msg === 'shown')).toMatchObject({
      trace_id: traceId,
      'service.name': 'mainstay-fixtures',
    });
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({ err: { code: '22P02' } });
    expect(outcome.log).not.toContain(canary);
  });
});

/** Reports if a process with the preload has loaded an OpenTelemetry SDK and any CommonJS package. */
async function loadedBy(env: Record<string, string>): Promise<unknown> {
  const report = `
    const { createRequire } = await import('node:module');
    process.send({
      sdk: Object.getOwnPropertySymbols(globalThis).some((name) => String(name).includes('opentelemetry')),
      packages: Object.keys(createRequire('${preload}').cache).length > 0,
    }, () => process.exit());`;
  const app = fork('-', { execArgv: ['--import', preload, '--input-type=module', '--eval', report], env });
  const [message] = await once(app, 'message');
  await once(app, 'exit');
  return message;
}

it('the preload loads the SDK with a receiver, and nothing at all without one', async () => {
  expect(await loadedBy({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })).toEqual({
    sdk: true,
    packages: true,
  });
  expect(await loadedBy({})).toEqual({ sdk: false, packages: false });
});
