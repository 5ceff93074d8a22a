import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { figure, sized } from '#libs/testing';
import { type Answer, type Api, Apis } from './support/apis.js';

const runs = sized(12, 900);
const longest = sized(25, 40);

type Fault = 'none' | 'cut before COMMIT' | 'cut after COMMIT';

/** Few keys and payloads, so that they meet: payload 1 of a key is another request than payload 0. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      key: fc.nat(2),
      payload: fc.nat(1),
      fault: fc.constantFrom<Fault>('none', 'none', 'cut before COMMIT', 'cut after COMMIT'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('send twice' as const), key: fc.nat(2), payload: fc.nat(1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), key: fc.nat(2) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** What is expected of the next answer, from what was done before. */
type Expected = { status: number; code?: string; text?: string; isReplay: boolean };

/** The reference: what each key stands for, and who was invited. Everything else follows. */
class Model {
  readonly invited = new Set<string>();
  readonly #kept = new Map<string, { email: string; status: number; text: string }>();

  expected(key: string, email: string): Expected {
    const kept = this.#kept.get(key);
    if (kept && kept.email !== email) return { status: 422, code: 'idempotency.key-reused', isReplay: false };
    if (kept) return { status: kept.status, text: kept.text, isReplay: true };
    if (this.invited.has(email)) return { status: 409, code: 'users.email-taken', isReplay: false };
    return { status: 201, isReplay: false };
  }

  /** The request was done for the first time, and this was its answer. */
  keep(key: string, email: string, { status, text }: Answer): void {
    this.invited.add(email);
    this.#kept.set(key, { email, status, text });
  }

  isKept = (key: string) => this.#kept.has(key);

  expire(): void {
    this.#kept.clear();
  }
}

let apis: Apis;
let api: Api;
let steps = 0;
beforeAll(async () => {
  apis = await Apis.create();
  api = await apis.start();
});
afterAll(() => apis.close());

function cutAtCommit(fault: Fault): void {
  let finishing: number | undefined;
  api.proxy.watch(({ connection, from, bytes }) => {
    if (from === 'client' && bytes.includes('idempotency_finish')) finishing = connection;
    const isPoint = fault === 'cut before COMMIT' || (from === 'server' && bytes.includes('COMMIT\0'));
    if (fault === 'none' || connection !== finishing || !isPoint) return 'pass';
    api.proxy.watch();
    return 'cut';
  });
}

function check(answer: Answer, expected: Expected): void {
  expect({
    status: answer.status,
    isReplay: answer.headers.has('idempotency-replayed'),
    ...(expected.code && { code: (JSON.parse(answer.text) as { code: string }).code }),
    ...(expected.text && { text: answer.text }),
  }).toEqual(expected);
}

async function send(model: Model, key: string, email: string, fault: Fault): Promise<void> {
  cutAtCommit(fault);
  const answer = await apis.invite(api.process.url, key, { email, name: 'Ada' });
  api.proxy.watch();
  const isNew = !model.isKept(key);
  if (isNew && fault === 'cut before COMMIT')
    return check(answer, { status: 503, code: 'idempotency.outcome-unknown', isReplay: false });
  check(answer, model.expected(key, email));
  if (isNew) model.keep(key, email, answer);
}

/** Both at once: one may find the other at work; who is answered is answered as if they had come in turn. */
async function sendTwice(model: Model, key: string, email: string): Promise<void> {
  const body = { email, name: 'Ada' };
  const answers = await Promise.all([0, 1].map(() => apis.invite(api.process.url, key, body)));
  const done = answers.filter(({ text }) => !text.includes('idempotency.in-progress'));
  expect(done.length).toBeGreaterThan(0);
  for (const answer of done.sort((a, b) => order(a) - order(b))) {
    check(answer, model.expected(key, email));
    if (!model.isKept(key)) model.keep(key, email, answer);
  }
}
const order = ({ headers }: Answer) => (headers.has('idempotency-replayed') ? 1 : 0);

async function take(model: Model, step: Step, run: string): Promise<void> {
  steps += 1;
  const key = `${run}-${step.key}`;
  if (step.do === 'expire') {
    await apis.world.db.pool.query(`update idempotency_keys set expires_at = now() - interval '1 ms'`);
    return model.expire();
  }
  const email = `${key}-${step.payload}@example.com`;
  if (step.do === 'send') await send(model, key, email, step.fault);
  else await sendTwice(model, key, email);
}

it('answers as the model does, whatever is sent, repeated, changed, expired and cut in whatever order', async () => {
  const walk = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: longest }), async (path) => {
    const model = new Model();
    const run = randomUUID();
    for (const each of path) await take(model, each, run);
    const { rows } = await apis.world.db.pool.query<{ email: string }>(
      'select email from users where email like $1',
      [`${run}%`],
    );
    expect(rows.map(({ email }) => email).sort()).toEqual([...model.invited].sort());
  });
  await fc.assert(walk, { numRuns: runs });
  figure('random walks against the model', `${runs} walks, ${steps} steps, all as expected`);
});
