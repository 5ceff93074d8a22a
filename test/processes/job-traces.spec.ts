import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import {
  createTestDatabase,
  eventually,
  type RedisDatabase,
  takeRedisDatabase,
  type TestDatabase,
} from '#libs/testing';
import { exportingTo, failed, kinds, OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { password, signedIn } from '../support/people.js';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';

const backends = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres'];

/** Starts a trace somewhere else. */
function newTrace() {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

const started: AppProcess[] = [];
afterAll(() => Promise.all(started.map((app) => app.stop('SIGKILL'))));

function start(app: 'api' | 'worker', env: NodeJS.ProcessEnv): AppProcess {
  const process = AppProcess.start(app, { SHUTDOWN_HOLD_MS: '0', ...env });
  started.push(process);
  return process;
}

/** All at once, and each in order. */
async function stopAll(): Promise<void> {
  const exits = await Promise.all(started.splice(0).map((app) => app.stop()));
  for (const exit of exits) expect(exit).toEqual({ code: 0, signal: null });
}

const secretsOf = (db: TestDatabase): NodeJS.ProcessEnv => ({
  DATABASE_URL: db.url,
  ...dearHashing,
});

interface JobLine {
  msg: string;
  job_id: string;
  trace_id: string;
  attempt: number;
  outcome: string;
  duration_ms: number;
}

describe.each(backends)('a request and its jobs, with the queue on %s', (backend) => {
  const [exporting, inviting, late, broken] = [newTrace(), newTrace(), newTrace(), newTrace()];
  const email = `${randomUUID()}@example.com`;
  let db: TestDatabase;
  let redis: RedisDatabase | undefined;
  let receiver: OtlpReceiver;
  let worker: AppProcess;
  let cookie: string;
  /** Of the export, the late job and the broken one. */
  let ids: { exported: string; late: string; broken: string };
  let inspection: Record<string, unknown>;
  let metrics: string;

  const lines = (): JobLine[] =>
    worker.output
      .split('\n')
      .filter((line) => line.includes('"msg":"job"'))
      .map((line) => JSON.parse(line) as JobLine);
  const linesOf = (id: string) => lines().filter(({ job_id }) => job_id === id);

  /** A message as an older request or release left it. */
  async function leaveInOutbox(name: string, payload: object, headers: object, isOperation = false) {
    const id = newId();
    if (isOperation) await db.pool.query('insert into operations (id, name) values ($1, $2)', [id, name]);
    await db.pool.query(
      `insert into outbox (id, queue, name, version, payload, headers) values ($1, 'bulk', $2, 1, $3, $4)`,
      [id, name, payload, { enqueued_at: new Date().toISOString(), ...headers }],
    );
    return id;
  }

  beforeAll(async () => {
    db = await createTestDatabase();
    redis = backend === 'redis' ? await takeRedisDatabase() : undefined;
    receiver = await OtlpReceiver.start();
    const env = {
      ...secretsOf(db),
      ...receiver.env,
      ...(redis && { REDIS_URL: redis.url }),
      // Nothing listens there, so an attempt at a mail fails and is retried.
      SMTP_URL: 'smtp://127.0.0.1:1',
      TRACE_URL: 'https://traces.test/{trace_id}',
    };
    worker = start('worker', env);
    const api = await start('api', env).listening();
    ({ cookie } = await signedIn({ url: api.url, db }, 'admin', { email }));
    const ask = (path: string, headers: Record<string, string>, body?: object) =>
      fetch(api.url + path, {
        method: body ? 'POST' : 'GET',
        headers: {
          cookie,
          ...(body && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
      });
    const promised = await ask('/v1/user-exports', exporting, { format: 'csv' });
    const { id: exported } = (await promised.json()) as { id: string };
    const invited = await ask('/v1/users', inviting, { email: `${randomUUID()}@example.com`, name: 'Ada' });
    if (!promised.ok || !invited.ok) throw new Error(`Refused: ${promised.status}, ${invited.status}`);
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    ids = {
      exported,
      late: await leaveInOutbox('audit.seal', {}, { ...late, enqueued_at: anHourAgo }),
      broken: await leaveInOutbox('users.export', { format: 'a secret' }, broken, true),
    };
    const seen = () =>
      Promise.resolve(
        Object.values(ids).every((id) => linesOf(id).length > 0) &&
          lines().filter(({ trace_id }) => trace_id === inviting.traceId).length > 1,
      );
    await eventually(seen, { what: 'all jobs to be tried, and the mail twice' });
    inspection = (await (await ask(`/v1/job-inspections/${ids.broken}`, {})).json()) as typeof inspection;
    metrics = await (await ask('/metrics', { accept: 'application/openmetrics-text' })).text();
    await stopAll();
  });
  afterAll(async () => {
    receiver?.close();
    await redis?.release();
    await db?.drop();
  });

  const only = (spans: ReceivedSpan[], kind: number) => {
    const found = spans.filter((span) => span.kind === kind);
    expect(found).toHaveLength(1);
    return found[0]!;
  };

  it('are one trace from the caller to the effect', () => {
    const spans = receiver.inTrace(exporting.traceId);
    const request = only(spans, kinds.server);
    expect(request).toMatchObject({
      service: 'mainstay-api',
      name: 'POST /v1/user-exports',
      parentSpanId: exporting.spanId,
      attributes: { 'http.route': '/v1/user-exports', 'http.response.status_code': 202 },
    });
    const message = only(spans, kinds.producer);
    const ofMessage = {
      'messaging.system': 'bullmq',
      'messaging.destination.name': 'bulk',
      'messaging.message.id': ids.exported,
    };
    expect(message).toMatchObject({
      service: 'mainstay-api',
      name: 'create users.export',
      attributes: { ...ofMessage, 'messaging.operation.type': 'create' },
    });
    const route = only(spans, kinds.internal);
    expect([message.parentSpanId, route.parentSpanId]).toEqual([route.spanId, request.spanId]);
    const attempt = only(spans, kinds.consumer);
    expect(attempt).toMatchObject({
      service: 'mainstay-worker',
      name: 'process users.export',
      parentSpanId: message.spanId,
      attributes: {
        ...ofMessage,
        'messaging.operation.type': 'process',
        'mainstay.job.id': ids.exported,
        'mainstay.job.attempt': 1,
        'mainstay.job.outcome': 'succeeded',
      },
    });
    const statements = spans.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql');
    const causes = new Set(statements.map(({ parentSpanId }) => parentSpanId));
    expect(causes).toEqual(new Set([route.spanId, attempt.spanId]));
  });

  it('are linked by the batch that the relay sent', () => {
    const { spanId } = only(receiver.inTrace(exporting.traceId), kinds.producer);
    const batches = receiver.spans.filter(({ name }) => name === 'send bulk');
    const batch = batches.find(({ links }) => links.some((link) => link.spanId === spanId))!;
    expect(batch).toMatchObject({ service: 'mainstay-worker', kind: kinds.client });
    expect(batch.traceId).not.toBe(exporting.traceId);
    expect(batch.parentSpanId ?? '').toBe('');
    expect(batch.attributes).toMatchObject({
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': expect.any(Number),
    });
  });

  it('stay in the trace when they are retried soon, each attempt with a line in the log', () => {
    const attempts = receiver.inTrace(inviting.traceId).filter(({ kind }) => kind === kinds.consumer);
    expect(attempts.length).toBeGreaterThan(1);
    expect(attempts.every(({ status }) => status.code === failed)).toBe(true);
    const own = lines().filter(({ trace_id }) => trace_id === inviting.traceId);
    expect(own.slice(0, 2)).toEqual([
      expect.objectContaining({ attempt: 1, outcome: 'retried', duration_ms: expect.any(Number) }),
      expect.objectContaining({ attempt: 2, outcome: 'retried', duration_ms: expect.any(Number) }),
    ]);
    expect(own).toHaveLength(attempts.length);
  });

  it('are a trace of their own with a link when they come late', () => {
    expect(receiver.inTrace(late.traceId)).toEqual([]);
    const [line, ...others] = linesOf(ids.late);
    expect(others).toEqual([]);
    const attempt = only(receiver.inTrace(line!.trace_id), kinds.consumer);
    expect(attempt).toMatchObject({
      name: 'process audit.seal',
      links: [expect.objectContaining({ traceId: late.traceId, spanId: late.spanId })],
      attributes: { 'messaging.message.id': ids.late },
    });
    expect(attempt.parentSpanId ?? '').toBe('');
  });

  it('lead an operator from the job that failed to its trace and to its lines', () => {
    expect(inspection).toMatchObject({
      state: 'failed',
      trace_id: broken.traceId,
      trace_url: `https://traces.test/${broken.traceId}`,
    });
    expect(linesOf(ids.broken)).toEqual([
      expect.objectContaining({ trace_id: broken.traceId, outcome: 'failed', attempt: 1 }),
    ]);
    const attempt = only(receiver.inTrace(broken.traceId), kinds.consumer);
    expect(attempt.status).toEqual({ code: failed });
    expect(attempt.attributes).toMatchObject({ 'error.type': 'jobs.unreadable' });
  });

  it('name a trace that was exported in the metrics of the requests', () => {
    const exemplars = [
      ...metrics.matchAll(
        /^http_server_request_duration_seconds_bucket.*http_route="([^"]+)".* # \{trace_id="(\w{32})"\}/gm,
      ),
    ].map(([, route, traceId]) => ({ route, traceId: traceId! }));
    // The caller named no trace there.
    expect(exemplars.map(({ route }) => route)).toContain('/v1/sessions');
    expect(exemplars.filter(({ traceId }) => receiver.inTrace(traceId).length === 0)).toEqual([]);
  });

  it('have their metrics exported when the processes stop', () => {
    for (const name of ['http.server.request.duration', 'jobs.duration'])
      expect(receiver.exported).toContain(`"name":"${name}"`);
  });

  it('export no secret and no input', () => {
    const [, token = ''] = cookie.split('=');
    for (const secret of [password, email, token, 'a secret'])
      expect(receiver.exported).not.toContain(secret);
    expect(receiver.spans.flatMap(({ attributes }) => Object.keys(attributes))).toEqual(
      expect.not.arrayContaining(['url.path', 'url.query', 'http.url', 'http.target']),
    );
  });
});

describe('a receiver that does not work', () => {
  let db: TestDatabase;
  let hanging: Server;
  beforeAll(async () => {
    db = await createTestDatabase();
    hanging = createServer(() => {});
    await once(hanging.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    hanging.close();
    await db.drop();
  });

  it('harms neither start, requests nor stop, whether it hangs or refuses', async () => {
    const ports = [(hanging.address() as { port: number }).port, 1];
    const apis = ports.map((port) =>
      start('api', {
        ...secretsOf(db),
        ...exportingTo(port),
        // The exporter itself would wait for longer than any test.
        OTEL_EXPORTER_OTLP_TIMEOUT: '3600000',
        OTEL_BSP_EXPORT_TIMEOUT: '3600000',
      }),
    );
    for (const api of apis) {
      const { url } = await api.listening();
      const { cookie } = await signedIn({ url, db }, 'viewer');
      const ask = async () => (await fetch(`${url}/v1/users`, { headers: { cookie } })).status;
      expect(new Set(await Promise.all(Array.from({ length: 20 }, ask)))).toEqual(new Set([200]));
    }
    await stopAll();
  });
});
