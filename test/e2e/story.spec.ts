import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Role } from '#libs/access';
import { type Client, createClient, dataOf, RequestFailed } from '#libs/client';
import { tokenFor } from '../../tools/demo/accounts.js';
import { download, type ImportResult, jobIdIn, requestImport } from '../../tools/demo/bulk.js';
import { follow } from '../../tools/demo/follow.js';
import { peopleFile } from '../../tools/demo/people.js';
import { startWorld, type World } from '../support/apps.js';
import { password, signedIn } from '../support/people.js';

let world: World;
let admin: Client;

/** A client through which somebody with this role is signed in. */
async function clientOf(
  somewhere: World,
  role: Role,
  email = `${randomUUID()}@example.com`,
): Promise<Client> {
  await signedIn(somewhere, role, { email });
  const client = createClient({ baseUrl: somewhere.url });
  dataOf(await client.POST('/v1/sessions', { body: { email, password } }));
  return client;
}

const keyed = () => ({ header: { 'Idempotency-Key': randomUUID() } });

/** Asks for an export; the id of its job. */
async function requestExport(client: Client, format: 'csv' | 'ndjson'): Promise<string> {
  return dataOf(await client.POST('/v1/user-exports', { params: keyed(), body: { format } })).id;
}

async function countUsers(): Promise<number> {
  const { rows } = await world.db.pool.query<{ count: number }>('select count(*)::int as count from users');
  return rows[0]!.count;
}

beforeAll(async () => {
  world = await startWorld({ worker: true });
  admin = await clientOf(world, 'admin', 'admin@example.com');
});
afterAll(() => world.close());

it('takes a person from registration to a session and out again', async () => {
  const client = createClient({ baseUrl: world.url });
  const email = 'newcomer@example.com';
  dataOf(await client.POST('/v1/registrations', { body: { email, password, name: 'New Comer' } }));
  const early = await client.POST('/v1/sessions', { body: { email, password } });
  expect(early.error).toMatchObject({ code: 'auth.invalid-credentials' });

  const token = await tokenFor(world.url, email);
  const verified = await client.POST('/v1/email-verifications', { body: { token } });
  expect(verified.response.status).toBe(204);
  const again = await client.POST('/v1/email-verifications', { body: { token } });
  expect(again.error).toMatchObject({ status: 410, code: 'auth.token-invalid' });

  dataOf(await client.POST('/v1/sessions', { body: { email, password } }));
  const { user, permissions } = dataOf(await client.GET('/v1/sessions/current'));
  expect({ user, permissions }).toMatchObject({ user: { email, role: 'member' }, permissions: [] });

  expect((await client.DELETE('/v1/sessions/current')).response.status).toBe(204);
  const after = await client.GET('/v1/users/me');
  expect(after.error).toMatchObject({ code: 'access.authentication-required' });
});

describe('an import of 1,500 rows', () => {
  const file = peopleFile({ rows: 1500, run: 'e2e', known: 'admin@example.com' });
  const key = randomUUID();
  let answer: Awaited<ReturnType<typeof requestImport>>;
  let before: number;
  beforeAll(async () => {
    before = await countUsers();
    answer = await requestImport(admin, key, file.csv);
  });

  it('is accepted at once, shows its progress, and ends with every row dealt with', async () => {
    expect(answer).toMatchObject({ status: 202, isReplay: false });
    const seen: number[] = [];
    const job = await follow(admin, jobIdIn(answer), { seen: ({ progress }) => seen.push(progress.done) });
    expect(job).toMatchObject({
      type: 'users.import',
      state: 'succeeded',
      progress: { done: 1500, total: 1500 },
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('keeps the good rows, skips known addresses, and names line and reason of each broken row', async () => {
    await follow(admin, jobIdIn(answer));
    const result = JSON.parse(await download(admin, jobIdIn(answer))) as ImportResult;
    expect(result).toMatchObject({ created: file.created.length, skipped: 4, failed: 3 });
    expect(result.errors.map(({ line, code }) => [line, code])).toEqual([...file.failed]);
    const lines = file.csv.split('\r\n');
    expect(result.errors.map(({ line }) => lines[line - 1])).toEqual([
      'nobody-250 at example.com,Nobody,member',
      'nameless-750@example.com,,member',
      'emperor-1250@example.com,Nero,emperor',
    ]);
    expect(await countUsers()).toBe(before + file.created.length);
  });

  it('answers a repetition with the same bytes and does nothing twice', async () => {
    await follow(admin, jobIdIn(answer));
    const users = await countUsers();
    const again = await requestImport(admin, key, file.csv);
    expect(again).toEqual({ ...answer, isReplay: true });
    const { rows } = await world.db.pool.query(`select id from operations where name = 'users.import'`);
    expect(rows).toEqual([{ id: jobIdIn(answer) }]);
    expect(await countUsers()).toBe(users);
  });

  it('refuses another file under the same key', async () => {
    const other = requestImport(admin, key, 'email,name\nmore@example.com,More\n');
    await expect(other).rejects.toThrow(RequestFailed);
    await expect(other).rejects.toMatchObject({ problem: { code: 'idempotency.key-reused' } });
  });

  it('comes out again in both formats, everybody once', async () => {
    await follow(admin, jobIdIn(answer));
    const heads = { csv: ['"email","name","role"'], ndjson: [] };
    for (const format of ['csv', 'ndjson'] as const) {
      const id = await requestExport(admin, format);
      expect(await follow(admin, id)).toMatchObject({ state: 'succeeded' });
      const lines = (await download(admin, id)).trimEnd().split('\n');
      expect(lines.splice(0, heads[format].length)).toEqual(heads[format]);
      expect(lines).toHaveLength(await countUsers());
      const imported = lines.flatMap((line) => /[\w.-]+\.e2e@example\.com/.exec(line)?.[0] ?? []);
      expect(imported.sort()).toEqual([...file.created].sort());
    }
  });
});

it('shows a job to nobody else, as if it did not exist', async () => {
  const id = await requestExport(admin, 'csv');
  const params = { path: { id } };
  const other = await clientOf(world, 'member');
  const answers = [
    await other.GET('/v1/jobs/{id}', { params }),
    await other.GET('/v1/jobs/{id}/events', { params, parseAs: 'stream' }),
    await other.GET('/v1/jobs/{id}/result', { params, parseAs: 'text' }),
    await other.DELETE('/v1/jobs/{id}', { params }),
  ];
  for (const { error } of answers) expect(error).toMatchObject({ status: 404, code: 'jobs.not-found' });
});

describe('a job that waits', () => {
  let withoutWorker: World;
  beforeAll(async () => {
    withoutWorker = await startWorld();
  });
  afterAll(() => withoutWorker.close());

  it('is cancelled at once, and only once', async () => {
    const client = await clientOf(withoutWorker, 'admin');
    const params = { path: { id: await requestExport(client, 'csv') } };
    const cancelled = await client.DELETE('/v1/jobs/{id}', { params });
    expect(cancelled.response.status).toBe(202);
    expect(cancelled.data).toMatchObject({ state: 'cancelled', started_at: null });
    expect(await follow(client, params.path.id)).toMatchObject({ state: 'cancelled', attempts: 0 });
    const again = await client.DELETE('/v1/jobs/{id}', { params });
    expect(again.error).toMatchObject({ status: 409, code: 'jobs.already-finished' });
  });
});
