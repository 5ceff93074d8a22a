import { type ChildProcess, execFile, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#libs/database';
import { startWorld, type World } from '../support/apps.js';
import { issuedKey } from '../support/machines.js';
import { existing, password, signedIn } from '../support/people.js';

const program = 'build/tools/ops/ops.js';
const hostile = 'users.\u001b[2Jevil\u202e';

let world: World;
let dir: string;
let env: Record<string, string>;
let ownerId: string;
let jobId: string;

beforeAll(async () => {
  world = await startWorld();
  dir = await mkdtemp(join(tmpdir(), 'mainstay-ops-'));
  const admin = await signedIn(world, 'admin');
  ownerId = admin.id;
  const { key } = await issuedKey(world, admin, ['ops:read', 'jobs:read', 'jobs:write', 'audit:read']);
  await writeFile(join(dir, 'key'), `${key}\n`);
  // Nothing of the environment of the tests, and no instance of this clone.
  env = { DATA_DIR: dir, OPS_URL: world.url, OPS_API_KEY_FILE: join(dir, 'key') };
  jobId = newId();
  await world.db.pool.query('insert into operations (id, name, owner_id) values ($1, $2, $3)', [
    jobId,
    'users.export',
    ownerId,
  ]);
  await deadLetter('users.invite');
  await deadLetter(hostile);
});
afterAll(async () => {
  await world.close();
  await rm(dir, { recursive: true });
});

async function deadLetter(name: string): Promise<void> {
  await world.db.pool.query(
    `insert into dead_letters (id, queue, name, payload, headers, error, attempts)
     values ($1, 'mail', $2, '{}', '{"enqueued_at":"2026-01-01T00:00:00Z"}', $3, 8)`,
    [newId(), name, { code: 'jobs.failed', detail: `No ${name}.` }],
  );
}

async function auditOf(action: string) {
  const { rows } = await world.db.pool.query<{ target: string; reason: string; actor_id: string }>(
    'select target, reason, actor_id from audit_events where action = $1 order by seq',
    [action],
  );
  return rows;
}

/** A terminal or a script. */
const run = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, [program, ...args], { env: { ...env, ...more } }, (error, stdout, stderr) =>
      done({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

interface Described {
  name: string;
  inputSchema: { required?: string[] };
  annotations?: { readOnlyHint?: boolean };
}

describe('an agent', () => {
  let agent: ChildProcess;
  beforeAll(async () => {
    const server = [process.execPath, program, 'mcp'];
    agent = fork('test/commands/fixtures/agent.mjs', server, { env, execArgv: [] });
    await once(agent, 'message');
  });
  afterAll(async () => {
    const exited = once(agent, 'exit');
    agent.disconnect();
    await exited;
  });

  async function tell<T>(method: string, given?: object): Promise<T> {
    agent.send({ method, given });
    const [answer] = (await once(agent, 'message')) as [T];
    return answer;
  }
  async function call(name: string, given: Record<string, unknown> = {}) {
    const answer = await tell<{ isError?: boolean; content: { text: string }[] }>('callTool', {
      name,
      arguments: given,
    });
    return { isError: answer.isError === true, text: answer.content[0]!.text };
  }
  /** The data of a call that succeeded. */
  async function ask(name: string, given?: Record<string, unknown>) {
    const { isError, text } = await call(name, given);
    if (isError) throw new Error(text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  it('is told which tools there are, and which of them act', async () => {
    const { tools } = await tell<{ tools: Described[] }>('listTools');
    expect(tools).toHaveLength(13);
    const acting = tools.filter(({ annotations }) => annotations?.readOnlyHint === false);
    expect(acting.map(({ name }) => name)).toEqual(['redrive', 'cancel', 'set-queue']);
    for (const { inputSchema } of acting) expect(inputSchema.required).toContain('reason');
  });

  it.each([
    ['overview', {}, 'verdict'],
    ['routes', { period: '15m' }, 'length'],
    ['errors', {}, 'length'],
    ['jobs', { state: 'queued' }, 'search'],
    ['dead-letters', { limit: 1 }, 'page'],
    ['queues', {}, 'schedules'],
    ['database', {}, 'migrations'],
    ['service-levels', {}, 'length'],
    ['audit', {}, 'page'],
  ])('reads: %s', async (name, given, field) => {
    expect(await ask(name, given)).toHaveProperty(field);
  });

  it('inspects a job', async () => {
    expect(await ask('job', { id: jobId })).toMatchObject({ id: jobId, state: 'queued', owner_id: ownerId });
  });

  it('sees what it would change, changes it with the token, and the audit log has the reason', async () => {
    const order = { name: 'users.invite', reason: 'The mail server is back.' };
    const look = await ask('redrive', order);
    expect(look).toMatchObject({ changed: false, preview: expect.stringContaining('1 dead letters') });
    expect(await auditOf('dead-letters.redrive')).toEqual([]);
    const wrong = await call('redrive', { ...order, confirm: 'no-such-token' });
    expect(wrong).toEqual({ isError: true, text: expect.stringContaining('Nothing was changed') });
    expect(await auditOf('dead-letters.redrive')).toEqual([]);

    const done = await ask('redrive', { ...order, confirm: look.confirm });
    // No worker runs here, so all is as it was seen: the same step again is the same request.
    expect(await ask('redrive', { ...order, confirm: look.confirm })).toEqual(done);
    expect(await auditOf('dead-letters.redrive')).toEqual([
      { target: `job:${String(done.id)}`, reason: order.reason, actor_id: ownerId },
    ]);
  });

  it('refuses a token when what it was for has changed', async () => {
    const order = { name: hostile, reason: 'Once more.' };
    const { confirm } = await ask('redrive', order);
    await deadLetter(hostile);
    const { isError, text } = await call('redrive', { ...order, confirm });
    expect({ isError, text }).toEqual({ isError: true, text: expect.stringContaining('2 dead letters') });
  });

  it('is told in a sentence what the instance refuses', async () => {
    const missing = await call('job', { id: randomUUID() });
    expect(missing).toEqual({
      isError: true,
      text: expect.stringMatching(/does not exist.*404 jobs\.not-found/),
    });
  });
});

describe('a terminal', () => {
  it('gets a table, in which nothing that users wrote is obeyed', async () => {
    const { code, stdout } = await run(['dead-letters']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^id +name +queue +code/);
    expect(stdout).toContain('users.\u{fffd}[2Jevil\u{fffd}');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('pauses a queue and cancels a job in two steps, and the audit log has both', async () => {
    for (const [args, action, target] of [
      [['set-queue', 'bulk', 'paused'], 'queues.pause', 'queue:bulk'],
      [['cancel', jobId], 'jobs.cancel', `job:${jobId}`],
    ] as const) {
      const given = [...args, '--reason', 'A trial.', '--json'];
      const look = await run(given);
      const { confirm } = JSON.parse(look.stdout) as { confirm: string };
      expect(await auditOf(action)).toEqual([]);
      const { code, stdout } = await run([...given, '--confirm', confirm]);
      expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ changed: true })]);
      expect(await auditOf(action)).toEqual([{ target, reason: 'A trial.', actor_id: ownerId }]);
    }
  });

  it('is told what is wrong with a key, and the key is shown nowhere', async () => {
    const key = `mst_live_${'a'.repeat(22)}_${'b'.repeat(49)}`;
    const wrong = await run(['overview'], { OPS_API_KEY_FILE: undefined, OPS_API_KEY: key });
    expect(wrong).toEqual({
      code: 4,
      stdout: '',
      stderr: expect.stringMatching(/does not accept the key.*401/),
    });
    expect(wrong.stderr).not.toContain('mst_live');

    await writeFile(join(dir, 'two-lines'), `${key}\n# of the night shift\n`);
    const twoLines = await run(['overview', '--key-file', join(dir, 'two-lines')]);
    expect(twoLines).toMatchObject({ code: 2, stderr: expect.stringContaining('one word') });
    expect(twoLines.stderr).not.toContain('mst_live');

    const viewer = await issuedKey(world, await signedIn(world, 'viewer'), ['jobs:read']);
    const weak = { OPS_API_KEY_FILE: undefined, OPS_API_KEY: viewer.key };
    expect(await run(['overview'], weak)).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(/lacks a permission.*403 access\.denied/),
    });
    expect(await run(['set-queue', 'mail', 'paused', '--reason', 'No.'], weak)).toMatchObject({ code: 0 });
  });

  it('is told where nothing answers, and what it does not understand', async () => {
    expect(await run(['overview'], { OPS_URL: 'http://127.0.0.1:1' })).toMatchObject({ code: 3 });
    const withPassword = await run(['overview', '--url', 'http://ann:hunter2@127.0.0.1:1']);
    expect(withPassword).toEqual({ code: 2, stdout: '', stderr: expect.not.stringContaining('hunter2') });
    expect(await run(['overview', '--colour'])).toMatchObject({ code: 2 });
    expect(await run(['paint'])).toMatchObject({ code: 2, stderr: expect.stringContaining("'paint'") });
    const nowhere = { OPS_URL: undefined, OPS_API_KEY_FILE: undefined };
    expect(await run(['overview'], nowhere)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('npm start'),
    });
  });

  it('finds the instance that runs in its clone, and leaves no session behind', async () => {
    const email = await existing(world, 'admin');
    await writeFile(
      join(dir, 'dev.json'),
      JSON.stringify({ api_url: world.url, admin: { email, password } }),
    );
    const { code, stdout } = await run(['queues'], { OPS_URL: undefined, OPS_API_KEY_FILE: undefined });
    expect([code, stdout]).toEqual([0, expect.stringContaining('bulk')]);
    const { rows } = await world.db.pool.query(
      'select from sessions s join users u on u.id = s.user_id where u.email = $1',
      [email],
    );
    expect(rows).toEqual([]);
  });
});
