import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, SmtpSink, TcpProxy, type TestDatabase } from '#libs/testing';
import { Canaries, dumpOf } from '../support/canaries.js';
import { codeOf } from '../support/factors.js';
import { dearHashing } from '../support/hashing.js';
import { AppProcess } from '../support/process.js';

const canaries = new Canaries();
let db: TestDatabase;
let proxy: TcpProxy;
let mail: SmtpSink;
let api: AppProcess;
let worker: AppProcess;

beforeAll(async () => {
  db = await createTestDatabase();
  mail = await SmtpSink.listen();
  proxy = await TcpProxy.to(db.url);
  const env = {
    DATABASE_URL: proxy.through(db.url),
    SMTP_URL: mail.url,
    SECRET_KEYS: canaries.plant('root key', randomBytes(32).toString('base64url')),
    ...dearHashing,
    RATE_LIMIT_ANONYMOUS: '100000/60',
    LOG_LEVEL: 'trace',
  };
  [api, worker] = await Promise.all([
    AppProcess.start('api', env).listening(),
    AppProcess.start('worker', env).listening(),
  ]);
});
afterAll(async () => {
  await Promise.all([api?.stop('SIGKILL'), worker?.stop('SIGKILL')]);
  await proxy?.down();
  await mail?.close();
  await db?.drop();
});

const newPassword = () => canaries.plant('password', `pw ${randomUUID()} end`);

/** Somebody, and what they carry. */
interface Actor {
  email: string;
  password: string;
  cookie: string;
}

async function call(actor: Actor, method: string, path: string, body?: object, headers = {}) {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', cookie: actor.cookie, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const renewed = response.headers.getSetCookie().find((text) => text.startsWith('sid='));
  if (renewed) actor.cookie = renewed.split(';')[0]!;
  if (actor.cookie.length > 20) canaries.plant('cookie', actor.cookie.slice('sid='.length));
  return { status: response.status, text: await response.text() };
}

/** The token of the mail with this subject. */
const tokenFrom = (to: string, subject: string) =>
  eventually(
    async () => {
      const found = mail.arrivals.findLast((one) => one.to.includes(to) && one.subject === subject);
      const token = /#token=([\w-]{43})/.exec(found?.text ?? '')?.[1];
      return token && canaries.plant(`token "${subject}"`, token);
    },
    { what: `mail "${subject}"` },
  );

const ada: Actor = { email: `ada-${randomUUID()}@example.com`, password: '', cookie: '' };
const guest: Actor = { email: `guest-${randomUUID()}@example.com`, password: '', cookie: '' };
const signIn = async (actor: Actor) =>
  (await call(actor, 'POST', '/v1/sessions', { email: actor.email, password: actor.password })).status;
const enterSudo = async (actor: Actor) =>
  (await call(actor, 'POST', '/v1/sudo', { password: actor.password })).status;

/** Each way a secret takes into the system. They go on from one another; a new flow is a new line. */
const flows: [string, () => Promise<number>, number][] = [
  ['registering', () => register(), 202],
  ['verifying', () => verify(), 204],
  ['signing in', () => signIn(ada), 201],
  ['signing in wrongly', () => signIn({ ...ada, password: newPassword() }), 401],
  ['proving again', () => enterSudo(ada), 200],
  ['proving wrongly', () => enterSudo({ ...ada, password: newPassword() }), 403],
  ['changing the password', () => changePassword(), 204],
  ['asking for a new password', () => reset(), 204],
  ['signing in after that', () => signIn(ada), 201],
  ['proving again after that', () => enterSudo(ada), 200],
  ['changing the address', () => changeEmail(), 204],
  ['cancelling a change of address', () => cancelEmailChange(), 204],
  ['inviting', () => invite(), 201],
  ['setting up an account', () => setUp(), 204],
  ['a password in broken JSON', () => broken(), 400],
  ['a password in an unknown field', () => misplaced(), 422],
  ['a password that is refused', () => refusedPassword(), 422],
  ['a secret in the address', () => inAddress(), 404],
  ['an unknown bearer', () => unknownBearer(), 401],
  ['two credentials', () => twoCredentials(), 400],
  ['a database that goes away', () => withoutDatabase(), 503],
  ['signing in at last', () => signIn(ada), 201],
  ['proving again at last', () => enterSudo(ada), 200],
  ['making an API key', () => makeKey(), 201],
  ['using it', () => useKey(), 200],
  ['setting up an app', () => enrol(), 201],
  ['its first code', () => confirm(), 200],
  ['a password that needs a second factor', () => signInHalf(), 202],
  ['a recovery code', () => recover(), 201],
  ['signing out', async () => (await call(ada, 'DELETE', '/v1/sessions/current')).status, 204],
];

async function register() {
  ada.password = newPassword();
  const body = { email: ada.email, password: ada.password, name: 'Ada' };
  return (await call(ada, 'POST', '/v1/registrations', body)).status;
}

async function verify() {
  const token = await tokenFrom(ada.email, 'Please verify your address');
  return (await call(ada, 'POST', '/v1/email-verifications', { token })).status;
}

async function changePassword() {
  ada.password = newPassword();
  return (await call(ada, 'PUT', '/v1/users/me/password', { password: ada.password })).status;
}

async function reset() {
  await call(ada, 'POST', '/v1/password-resets', { email: ada.email });
  const token = await tokenFrom(ada.email, 'Choose a new password');
  ada.password = newPassword();
  const body = { token, password: ada.password };
  return (await call(ada, 'POST', '/v1/password-resets/confirmations', body)).status;
}

async function changeEmail() {
  const email = `new-${ada.email}`;
  await call(ada, 'POST', '/v1/users/me/email-changes', { email });
  const token = await tokenFrom(email, 'Please prove your new address');
  const { status } = await call(ada, 'POST', '/v1/users/me/email-changes/confirmations', { token });
  ada.email = email;
  return status;
}

async function cancelEmailChange() {
  await call(ada, 'POST', '/v1/users/me/email-changes', { email: `other-${ada.email}` });
  const token = await tokenFrom(ada.email, 'Your address is about to change');
  return (await call(ada, 'POST', '/v1/users/me/email-changes/cancellations', { token })).status;
}

async function invite() {
  await db.pool.query(`update users set role = 'admin' where email = $1`, [ada.email]);
  const body = { email: guest.email, name: 'Guest' };
  return (await call(ada, 'POST', '/v1/users', body, { 'idempotency-key': randomUUID() })).status;
}

async function setUp() {
  const token = await tokenFrom(guest.email, 'You are invited');
  const body = { token, password: newPassword() };
  return (await call(guest, 'POST', '/v1/password-resets/confirmations', body)).status;
}

async function broken() {
  const response = await fetch(`${api.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"email":"${ada.email}","password":"${newPassword()}`,
  });
  return response.status;
}

const misplaced = async () =>
  (await call(guest, 'POST', '/v1/sessions', { email: ada.email, passwrod: newPassword() })).status;
const refusedPassword = async () => {
  const password = canaries.plant('password', 'Passwordpassword1!');
  return (await call(guest, 'POST', '/v1/registrations', { email: guest.email, password, name: 'Ada' }))
    .status;
};
const inAddress = async () =>
  (await call(guest, 'GET', `/v1/nothing/${encodeURIComponent(newPassword())}?token=${newPassword()}`))
    .status;
const unknownBearer = async () => {
  const authorization = `Bearer ${canaries.plant('bearer', randomBytes(32).toString('base64url'))}`;
  return (await call({ ...guest, cookie: '' }, 'GET', '/v1/users/me', undefined, { authorization })).status;
};
const twoCredentials = async () => {
  const authorization = `Bearer ${canaries.plant('bearer', randomBytes(32).toString('base64url'))}`;
  return (await call(ada, 'GET', '/v1/users/me', undefined, { authorization })).status;
};

async function withoutDatabase() {
  await proxy.down();
  const status = await signIn({ ...ada, password: newPassword() });
  await proxy.up();
  await eventually(async () => (await fetch(`${api.url}/health/ready`)).status === 200, {
    what: 'the API to be ready again',
  });
  return status;
}

let key = '';
async function makeKey() {
  const body = { name: 'for the canaries', scopes: [] };
  const made = await call(ada, 'POST', '/v1/api-keys', body, { 'idempotency-key': randomUUID() });
  key = canaries.plant('API key', (JSON.parse(made.text) as { key: string }).key);
  return made.status;
}

const useKey = async () =>
  (await fetch(`${api.url}/v1/users/me`, { headers: { authorization: `Bearer ${key}` } })).status;

let app = '';
async function enrol() {
  const keyed = { 'idempotency-key': randomUUID() };
  const { status, text } = await call(ada, 'POST', '/v1/users/me/totp', undefined, keyed);
  app = canaries.plant('secret of an app', (JSON.parse(text) as { secret: string }).secret);
  return status;
}

let recoveryCode = '';
async function confirm() {
  const keyed = { 'idempotency-key': randomUUID() };
  const code = { code: codeOf(app) };
  const { status, text } = await call(ada, 'POST', '/v1/users/me/totp/confirmations', code, keyed);
  const { recovery_codes: codes } = JSON.parse(text) as { recovery_codes: string[] };
  for (const one of codes) recoveryCode = canaries.plant('recovery code', one);
  return status;
}

let halfway = '';
async function signInHalf() {
  const response = await fetch(`${api.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: ada.email, password: ada.password }),
  });
  halfway = response.headers.getSetCookie()[0]!.split(';')[0]!;
  canaries.plant('cookie of a sign-in that waits', halfway.slice('mfa='.length));
  return response.status;
}

const recover = async () =>
  (await call({ ...ada, cookie: halfway }, 'POST', '/v1/sessions/mfa', { code: recoveryCode })).status;

describe('a secret that was used', () => {
  it.each(flows)('by %s', async (_, flow, status) => {
    expect(await flow()).toBe(status);
  });

  it('stands in no log line', () => {
    expect(api.output.split('\n').length).toBeGreaterThan(flows.length);
    expect(worker.output.length).toBeGreaterThan(1000);
    expect(canaries.size).toBeGreaterThan(30);
    expect(canaries.in(api.output)).toEqual([]);
    expect(canaries.in(worker.output)).toEqual([]);
  });

  it('stands in no row of any table', async () => {
    const dump = await dumpOf(db.pool);
    for (const what of [ada.email, '$argon2id$', 'audit_events', 'bullmq.']) expect(dump).toContain(what);
    expect(canaries.in(dump)).toEqual([]);
  });
});

describe('the search', () => {
  it.each([
    'convert_to(%L, $$UTF8$$)',
    'to_jsonb(%L::text)',
    '%L::text',
    'json_build_object($$a$$, to_json(%L::text)::text)',
  ])('finds one that was left in the database as %s', async (form) => {
    const left = canaries.plant('left behind', `it's "left" ${randomUUID()}`);
    const { rows } = await db.pool.query<{ value: string }>(
      'select format($1, $2::text, $2::text) as value',
      [form, left],
    );
    await db.pool.query(`create table left_behind as select ${rows[0]!.value} as value`);
    expect(canaries.in(await dumpOf(db.pool))).toEqual([expect.stringMatching(/^left behind/)]);
    await db.pool.query('drop table left_behind');
  });

  it('finds one in a line of a log, as it is, in JSON, in an address and in base64', () => {
    const secret = canaries.plant('logged', `a "secret" of ${randomUUID()}`);
    for (const text of [
      secret,
      JSON.stringify({ msg: secret }),
      `/v1/x?${new URLSearchParams({ token: secret }).toString()}`,
      Buffer.from(`:${secret};`).subarray(1).toString('base64'),
    ])
      expect(canaries.in(`{"level":30} ${text} end`)).toEqual([expect.stringMatching(/^logged/)]);
  });
});
