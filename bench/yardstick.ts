// What Mainstay is measured against: Fastify and pg by hand, as fast as a good engineer writes it. Named statements, one
// query for session and user, input and answers by JSON Schema compiled at the start (Ajv, fast-json-stringify). A caller
// cannot tell the two apart in what is measured; docs/performance.md lists what is left out here.
import { createSecretKey, randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import { fastify } from 'fastify';
import pg from 'pg';
import { answerWithProblems } from './yardstick/problems.js';
import { securityHeaders } from './yardstick/security-headers.js';
import { authenticate } from './yardstick/sessions.js';
import { userRoutes } from './yardstick/users.js';

const { DATABASE_URL, PORT, PUBLIC_URL = '', SECRET_KEYS = '', YARDSTICK_CREATE } = process.env;

/** As many connections as Mainstay takes by default; the server's limit on statements is Mainstay's too. */
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10, statement_timeout: 5000 });

const app = fastify({
  // No log: a line per request is part of what Mainstay costs.
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
    createsInTransaction: YARDSTICK_CREATE === 'transaction',
  });
});
await app.listen({ port: Number(PORT), host: '127.0.0.1' });

const stop = () => void app.close().then(() => process.exit(0));
process.once('SIGTERM', stop);
process.once('disconnect', stop);
