// The server against which Mainstay is measured: Fastify and pg by hand, as fast as a good engineer writes it. It has named
// statements, one query for session and user, and JSON Schemas for input and answers that are compiled at the start (Ajv,
// fast-json-stringify). A caller cannot tell the two servers apart by the measured requests; docs/performance.md lists what
// the baseline leaves out.
import { createSecretKey, randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import pg from 'pg';
import { answerWithProblems } from './baseline/problems.js';
import { securityHeaders } from './baseline/security-headers.js';
import { authenticate } from './baseline/sessions.js';
import { userRoutes } from './baseline/users.js';

const { DATABASE_URL, PORT, PUBLIC_URL = '', SECRET_KEYS = '', BASELINE_CREATE } = process.env;

/** The default number of connections of Mainstay, and the limit that it sets for statements. */
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, statement_timeout: 5000 });

const app = fastify({
  // The baseline writes no log: a line per request is part of the cost of Mainstay.
  logger: false,
  bodyLimit: 64 * 1024,
  genReqId: ({ headers }) => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(given) ? given : randomUUID();
  },
  ajv: { customOptions: { removeAdditional: false, allErrors: true } },
});
app.setErrorHandler(answerWithProblems(PUBLIC_URL));
app.addHook('onRequest', (request, reply, done) => {
  void reply.headers(securityHeaders).header('x-request-id', request.id);
  done();
});
app.get('/health/ready', async () => {
  await pool.query('select 1');
  return { status: 'ok' };
});
await app.register(async (scope) => {
  await scope.register(cookie);
  authenticate(scope, pool, PUBLIC_URL);
  userRoutes(scope, pool, {
    publicUrl: PUBLIC_URL,
    cursorKey: createSecretKey(SECRET_KEYS, 'base64url'),
    createsInTransaction: BASELINE_CREATE === 'transaction',
  });
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });

const stop = () => void app.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('disconnect', stop);
