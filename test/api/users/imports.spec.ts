import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { eventually } from '#libs/testing';
import { startWorld, type World } from '../../support/apps.js';
import { inSudo, type Person, signedIn } from '../../support/people.js';

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await inSudo(world, await signedIn(world, 'admin'));
});
afterAll(() => world.close());

const upload = (file: string | Buffer, key = randomUUID()) =>
  request(world.url)
    .post('/v1/user-imports')
    .set('cookie', admin.cookie)
    .set('idempotency-key', key)
    .set('content-type', 'text/csv')
    .send(file as string);
const get = (path: string) => request(world.url).get(path).set('cookie', admin.cookie);

interface Job {
  id: string;
  state: string;
  problem: { code: string; detail: string } | null;
}
const finished = (path: string) =>
  eventually(async () => {
    const { body } = await get(path).expect(200);
    const job = body as Job;
    return ['succeeded', 'failed', 'cancelled'].includes(job.state) && job;
  });

interface Result {
  created: number;
  skipped: number;
  failed: number;
  errors: { line: number; code: string; detail: string }[];
}
const importing = async (file: string | Buffer): Promise<Result> => {
  const { headers } = await upload(file).expect(202);
  const path = headers.location as string;
  expect(await finished(path)).toMatchObject({ state: 'succeeded' });
  return (await get(`${path}/result`).expect(200)).body as Result;
};
const address = () => `${randomUUID()}@example.com`;

describe('an import', () => {
  it('keeps the good rows and names the broken ones by line and reason', async () => {
    const known = address();
    await importing(`email,name\n${known},Known\n`);
    const file = [
      'email,name,role',
      `${address()},Ada Lovelace,viewer`,
      'not-an-address,Nobody,member',
      `${known.toUpperCase()},Known again,member`,
      `${address()},,member`,
      '',
      `${address()},King,king`,
      `${address()},"Multi\nLine",member`,
      `${address()},"Quoted, with comma",`,
    ].join('\r\n');
    const result = await importing(`\uFEFF${file}`);
    expect(result).toMatchObject({ created: 2, skipped: 1, failed: 4 });
    expect(result.errors.map(({ line, code }) => [line, code])).toEqual([
      [3, 'invalid_email'],
      [5, 'invalid_name'],
      [7, 'invalid_role'],
      [8, 'invalid_name'],
    ]);
  });

  it('takes the columns in any order, and no notice of others', async () => {
    const email = address();
    expect(await importing(`Shoe size,NAME,Email\n43,Ada,${email}\n`)).toEqual({
      created: 1,
      skipped: 0,
      failed: 0,
      errors: [],
    });
    const { rows } = await world.db.pool.query('select name, role, status from users where email = $1', [
      email,
    ]);
    expect(rows).toEqual([{ name: 'Ada', role: 'member', status: 'invited' }]);
  });

  it.each([
    ['lines that end with CR', 'email,name,role\rA,Ann,member\rB,Bob,viewer\r', 2, []],
    ['a line that ends with CR in a file of LF', 'email,name\nA,Ann\rB,Bob\nC,Cy\n', 3, []],
    ['more cells than columns', 'email,name\nA,Smith, John\nB,Bob\n', 1, [[2, 'too_many_cells']]],
    ['fewer cells than columns', 'email,name\r\nA\r\nB,Bob\r\n', 1, [[2, 'too_few_cells']]],
  ])('loses nothing of %s', async (_, pattern, created, errors) => {
    const file = pattern.replace(/[ABC](?=[,\r])/g, address);
    const result = await importing(file);
    expect(result).toMatchObject({ created, skipped: 0, failed: errors.length });
    expect(result.errors.map(({ line, code }) => [line, code])).toEqual(errors);
  });

  it('names rows that are not UTF-8, and keeps all others around one that breaks the CSV', async () => {
    const latin1 = Buffer.from(`email,name\n${address()},Jos\xe9\n${address()},Fine\n`, 'latin1');
    expect(await importing(latin1)).toMatchObject({
      created: 1,
      failed: 1,
      errors: [{ line: 2, code: 'not_utf8' }],
    });
    const rows = (n: number) => Array.from({ length: n }, () => `${address()},Fine`).join('\n');
    const broken = {
      unclosed_quote: '"x@example.com,Never closed',
      invalid_csv: `${address()},"a"b`,
      too_long: `${address()},${'x'.repeat(20_000)}`,
    };
    for (const [code, row] of Object.entries(broken)) {
      const result = await importing(`email,name\n${rows(700)}\n${row}\n${rows(700)}\n`);
      expect(result).toMatchObject({ created: 1400, failed: 1, errors: [{ line: 702, code }] });
    }
  });

  it.each([
    ['is empty', '', 'The file is empty.'],
    ['has no header', 'ada@example.com,Ada\n', 'The first line has no column email.'],
    ['has no names', 'email,role\nada@example.com,member\n', 'The first line has no column name.'],
    [
      'has semicolons',
      'email;name\nada@example.com;Ada\n',
      'The cells of the first line are separated by semicolons. Separate all cells by commas.',
    ],
    [
      'is UTF-16',
      Buffer.from('\uFEFFemail,name\n', 'utf16le'),
      'The file is UTF-16. Save it as “CSV UTF-8” and send it again.',
    ],
    ['has a column twice', 'email,name,name\n', 'The first line has the column name more than once.'],
    [
      'is something else',
      Buffer.from([0x50, 0x4b, 3, 4, 0, 0xff, 0xfe]),
      'The first line has no column email.',
    ],
  ])('fails with the reason when the file %s', async (_, file, detail) => {
    const { headers } = await upload(file).expect(202);
    const job = await finished(headers.location as string);
    expect(job).toMatchObject({ state: 'failed', problem: { code: 'users.import-unreadable', detail } });
  });

  it('repeated with its key is the same import, also when both arrive together', async () => {
    const [key, email] = [randomUUID(), address()];
    const file = `email,name\n${email},Ada\n`;
    const answers = await Promise.all([upload(file, key), upload(file, key), upload(file, key)]);
    const accepted = answers.filter(({ status }) => status === 202);
    expect(new Set(accepted.map(({ body }) => (body as Job).id)).size).toBe(1);
    const again = await upload(file, key).expect(202);
    expect(again.headers['idempotency-replayed']).toBe('true');
    await finished(again.headers.location as string);
    const other = await upload(`email,name\n${address()},Other\n`, key).expect(422);
    expect(other.body.code).toBe('idempotency.key-reused');
  });

  it('leaves no file behind, whatever becomes of it', async () => {
    const refused = upload('email,name\n').set('idempotency-key', 'a b');
    expect((await refused.expect(400)).body.code).toBe('idempotency.key-invalid');
    await eventually(async () => {
      const { rows } = await world.db.pool.query(
        `select count(*)::int as files from files where state = 'staging'`,
      );
      return rows[0].files === 0;
    });
    const { rows } = await world.db.pool.query(
      `select count(*)::int as kept from files where expires_at is null`,
    );
    expect(rows).toEqual([{ kept: 0 }]);
  });

  it('refuses more than 50 MB while it is coming in', async () => {
    const response = await fetch(`${world.url}/v1/user-imports`, {
      method: 'POST',
      headers: { cookie: admin.cookie, 'idempotency-key': randomUUID(), 'content-type': 'text/csv' },
      body: new ReadableStream({
        start(controller) {
          const row = new TextEncoder().encode('x'.repeat(1024 * 1024));
          for (let megabyte = 0; megabyte < 51; megabyte += 1) controller.enqueue(row);
          controller.close();
        },
      }),
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(((await response.json()) as { code: string }).code).toMatch(/too-large$/);
  });
});

describe('an export', () => {
  it('does not hand formulas to a spreadsheet', async () => {
    const email = address();
    await importing(`email,name\n${email},=HYPERLINK(1)\n`);
    const call = request(world.url)
      .post('/v1/user-exports')
      .set('cookie', admin.cookie)
      .set('idempotency-key', randomUUID());
    const { headers } = await call.send({ format: 'csv', filter: { email } }).expect(202);
    const path = headers.location as string;
    await finished(path);
    const file = await get(`${path}/result`)
      .expect(200)
      .expect('content-type', /^text\/csv/);
    expect(file.headers['content-disposition']).toContain('users.csv');
    expect(file.text).toBe(`"email","name","role"\n"${email}","'=HYPERLINK(1)","member"\n`);
  });
});
