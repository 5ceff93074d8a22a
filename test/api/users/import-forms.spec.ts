import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await signedIn(world, 'admin');
});
afterAll(() => world.close());

interface Answer {
  id: string;
  code: string;
  detail: string;
  errors?: { code: string }[];
}

type Body = NonNullable<RequestInit['body']>;

async function send(body: Body, { key = randomUUID() as string, type = '' } = {}) {
  const headers = {
    cookie: admin.cookie,
    'idempotency-key': key,
    ...(type && { 'content-type': type }),
  };
  const request = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  const response = await fetch(`${world.url}/v1/user-imports`, request);
  const answer = (await response.json()) as Answer;
  return { status: response.status, isReplay: response.headers.has('idempotency-replayed'), ...answer };
}

const sendForm = (boundary: string, body: Body, key: string = randomUUID()) =>
  send(body, { type: `multipart/form-data; boundary=${boundary}`, key });

const csv = () => `email,name\n${randomUUID()}@example.com,Ada\n`;

/** What FormData sends. */
function formOf(content: string, { name = 'file', filename = 'people.csv', type = 'text/csv' } = {}) {
  const form = new FormData();
  form.append(name, new Blob([content], { type }), filename);
  return form;
}

/** A part as it goes over the wire, without the boundary before it. */
const part = (content: string, header = 'Content-Disposition: form-data; name="file"; filename="a.csv"') =>
  `${header}\r\n\r\n${content}\r\n`;

const staged = async () =>
  (await world.db.pool.query<{ count: number }>(`select count(*)::int from files where state = 'staging'`))
    .rows[0]!.count;

describe('an import sent as a form', () => {
  it('is the same import as one sent bare', async () => {
    const email = `${randomUUID()}@example.com`;
    const { status } = await send(formOf(`email,name\r\n${email},"Zoë --b\r\n"\r\n`));
    expect(status).toBe(202);
    const named = 'select name from users where email = $1';
    const user = await eventually(async () => (await world.db.pool.query(named, [email])).rows[0]);
    expect(user).toEqual({ name: 'Zoë --b' });
  });

  it('comes in whole however large it is', async () => {
    // Few rows, as the worker reads them all.
    const long = Array.from({ length: 25 }, () => `${randomUUID()}@example.com,${'Ada '.repeat(16_384)}`);
    const last = `${randomUUID()}@example.com,Ada`;
    const { id } = await send(formOf(['email,name', ...long, last, ''].join('\n')));
    const result = await eventually(async () => {
      const response = await fetch(`${world.url}/v1/jobs/${id}/result`, {
        headers: { cookie: admin.cookie },
      });
      return response.ok && ((await response.json()) as object);
    });
    expect(result).toMatchObject({ created: 1, failed: 25 });
  });

  it('repeated with another boundary is the same import', async () => {
    const [key, content] = [randomUUID(), csv()];
    const first = await sendForm('one', `--one\r\n${part(content)}--one--\r\n`, key);
    expect(first).toMatchObject({ status: 202, isReplay: false });
    const again = await sendForm('"other: two"', `--other: two\r\n${part(content)}--other: two--`, key);
    expect(again).toEqual({ ...first, isReplay: true });
  });

  it.each<[string, (content: string) => Body]>([
    ['other content', () => formOf(csv())],
    ['another file name', (content) => formOf(content, { filename: 'others.csv' })],
    ['another type', (content) => formOf(content, { type: 'text/plain' })],
    ['no form around it', (content) => new Blob([content], { type: 'text/csv' })],
  ])('does not take %s for a repetition', async (_, other) => {
    const [key, content] = [randomUUID(), csv()];
    expect(await send(formOf(content), { key })).toMatchObject({ status: 202 });
    expect(await send(formOf(content), { key })).toMatchObject({ status: 202, isReplay: true });
    expect(await send(other(content), { key })).toMatchObject({
      status: 422,
      code: 'idempotency.key-reused',
    });
  });

  it('from a page of somebody else is refused', async () => {
    const response = await fetch(`${world.url}/v1/user-imports`, {
      method: 'POST',
      headers: { cookie: admin.cookie, origin: 'https://elsewhere.example', 'idempotency-key': randomUUID() },
      body: formOf(csv()),
    });
    expect(response.status).toBe(403);
  });
});

describe('a form that is wrong', () => {
  const megabyte = 'x'.repeat(1024 * 1024);
  const oneFile = part('email,name\n');
  const pieces = (count: number, piece: string, start = '') =>
    new ReadableStream({
      start(controller) {
        const bytes = new TextEncoder().encode(piece);
        controller.enqueue(new TextEncoder().encode(start));
        for (let index = 0; index < count; index += 1) controller.enqueue(bytes);
        controller.close();
      },
    });

  const unrecognized = [422, 'http.invalid-input', 'takes one part'] as const;
  const broken = [400, 'files.form-malformed', 'boundary'] as const;
  const missing = [400, 'files.upload-missing', 'has no part'] as const;
  const tooLarge = [413, 'files.too-large', ''] as const;

  it.each<[string, () => Body, readonly [status: number, code: string, detail: string]]>([
    ['has no part', () => '--b--\r\n', missing],
    ['has a part that is no form data', () => `--b\r\n${part('', 'X-Nothing: 1')}--b--`, missing],
    ['has a header that hides its file', () => `--b\r\n${part('', `X-Long: ${megabyte}`)}--b--`, missing],
    ['has two files', () => `--b\r\n${oneFile}--b\r\n${oneFile}--b--`, unrecognized],
    [
      'has a field before its file',
      () => `--b\r\n${part('1', 'Content-Disposition: form-data; name="a"')}--b\r\n${oneFile}--b--`,
      unrecognized,
    ],
    [
      'has its file under another name',
      () => `--b\r\n${part('', 'Content-Disposition: form-data; name="upload"; filename="a"')}--b--`,
      unrecognized,
    ],
    [
      'has text for a file',
      () => `--b\r\n${part(csv(), 'Content-Disposition: form-data; name="file"')}--b--`,
      unrecognized,
    ],
    ['has thousands of parts', () => `--b\r\n${oneFile}`.repeat(20_000), unrecognized],
    ['ends in its file', () => `--b\r\n${oneFile}`, broken],
    ['ends in a header', () => '--b\r\nContent-Disposition: form-d', broken],
    ['is none', () => csv(), broken],
    ['is endless before its first part', () => pieces(52, megabyte), tooLarge],
    ['is endless after its last part', () => pieces(52, megabyte, `--b\r\n${oneFile}--b--\r\n`), tooLarge],
    ['has a file of more than 50 MB', () => pieces(51, megabyte, `--b\r\n${part('')}`), tooLarge],
  ])('is refused when it %s, and leaves nothing', async (_, body, [status, code, detail]) => {
    const answer = await sendForm('b', body());
    expect({ status: answer.status, code: answer.code }).toEqual({ status, code });
    expect(JSON.stringify([answer.detail, answer.errors])).toContain(detail);
    expect(await staged()).toBe(0);
  });

  it.each(['', '; charset=utf-8', '; boundary'])('is refused when Content-Type ends in "%s"', async (end) => {
    const answer = await send(`--b\r\n${oneFile}--b--`, { type: `multipart/form-data${end}` });
    expect(answer).toMatchObject({ status: 400, code: 'files.form-malformed' });
    expect(answer.detail).toMatch(/no boundary/);
  });

  it('leaves nothing when its sender goes away', async () => {
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    const head = [
      'POST /v1/user-imports HTTP/1.1',
      `Host: ${hostname}`,
      `Cookie: ${admin.cookie}`,
      `Idempotency-Key: ${randomUUID()}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 1000000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n--b\r\n${part('x'.repeat(500_000))}`);
    await eventually(async () => (await staged()) === 1);
    socket.destroy();
    expect(await eventually(async () => (await staged()) === 0)).toBe(true);
  });
});
