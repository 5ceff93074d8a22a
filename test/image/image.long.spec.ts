import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient, dataOf } from '#libs/client';
import { eventually, figure } from '#libs/testing';
import { download, type ImportResult, jobIdIn, requestImport } from '../../tools/demo/bulk.js';
import { follow } from '../../tools/demo/follow.js';
import { peopleFile } from '../../tools/demo/people.js';
import { type ContainerState, ImageStack, testedImage } from '../../tools/testing/image-stack.js';
import { shippedCommands } from '../support/commands.js';
import { password } from '../support/people.js';
import { importerAddress } from './support/importer-address.js';
import { mailedToken } from './support/mailbox.js';

/** Bytes that the application adds to its base image; see docs/performance.md. */
const maxApplicationBytes = 90_000_000;

const { TEST_STACK } = process.env;
if (!TEST_STACK) throw new Error('npm run test:image builds the image and runs this file.');
const stack = ImageStack.at(TEST_STACK);
const { apiUrl, mailboxUrl } = stack.place;

const only = async (service: string): Promise<ContainerState> => {
  const found = await stack.containers(service);
  expect({ service, containers: found.length }).toEqual({ service, containers: 1 });
  return found[0]!;
};

/** Waits until the engine's own checks call so many containers of a service healthy. */
const healthy = (service: string, count = 1): Promise<ContainerState[]> =>
  eventually(
    async () => {
      const found = await stack.containers(service);
      const well = found.filter(({ State }) => State.Health?.Status === 'healthy');
      return found.length === count && well.length === count && well;
    },
    { what: `${service} to be healthy (${count})` },
  );

const addressOf = ({ NetworkSettings }: ContainerState) =>
  Object.values(NetworkSettings.Networks)[0]?.IPAddress;

/** Tells whether the same process runs as before. */
const lifeOf = ({ Id, RestartCount, State }: ContainerState) => [Id, RestartCount, State.StartedAt];

beforeAll(async () => {
  await stack.compose('up', '-d');
});

describe('the image', () => {
  it('adds little to its base', async () => {
    const sizeOf = async (name: string) =>
      Number(await stack.docker('image', 'inspect', '--format', '{{.Size}}', name));
    const [, base = ''] = /^FROM (\S+) AS base$/m.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    const [whole, application] = [
      await sizeOf(testedImage),
      (await sizeOf(testedImage)) - (await sizeOf(base)),
    ];
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    figure(
      'Size of the image',
      `${megabytes(whole)}, of which ${megabytes(application)} are the application`,
    );
    expect(application).toBeLessThan(maxApplicationBytes);
  });

  it('holds processes, commands and packages of production, and nothing of the workshop', async () => {
    const listed = await stack.docker('run', '--rm', testedImage, 'find', '/app', '-not', '-type', 'd');
    const files = listed.trim().split('\n');
    const folders = new Set(files.map((path) => /^\/app\/((?:dist\/)?[^/]+)/.exec(path)?.[1] ?? path));
    expect([...folders].toSorted()).toEqual([
      'dist/.made-of',
      'dist/apps',
      'dist/chunks',
      'dist/commands',
      'dist/libs',
      'drizzle',
      'node_modules',
      'ops',
      'package.json',
    ]);
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, object>;
    // OpenTelemetry reads its configuration with the package yaml.
    const ofDevelopment = Object.keys(devDependencies!)
      .filter((name) => name !== 'yaml')
      .map((name) => `/app/node_modules/${name}/`);
    const unwanted = (path: string) =>
      ofDevelopment.some((start) => path.startsWith(start)) ||
      /\/app\/dist\/.*(\/(testing|fixtures|examples)\/|\.spec\.)|\.[cm]?ts$/.test(path) ||
      /\/node_modules\/.*\.map$/.test(path);
    expect(files.filter(unwanted)).toEqual([]);
  });
});

describe('the stack', () => {
  it('is healthy by the checks of the engine, once the migration has ended', async () => {
    for (const service of ['postgres', 'redis', 'api', 'worker']) await healthy(service);
    const { State } = await only('migrate');
    expect({ status: State.Status, code: State.ExitCode }).toEqual({ status: 'exited', code: 0 });
  });

  it('runs as an ordinary user who can write to /tmp alone', async () => {
    const { Id } = await only('api');
    const tried =
      'id -u; for place in /app /app/dist /home/node /tmp; do touch $place/x 2>/dev/null && echo $place; done';
    const said = await stack.docker('exec', Id, 'sh', '-c', `${tried}; true`);
    expect(said.trim().split('\n')).toEqual(['1000', '/tmp']);
  });

  it('shows no secret where the engine shows environments', async () => {
    const { Id } = await only('api');
    const shown = await stack.docker('inspect', '--format', '{{json .Config}}', Id);
    const secrets = globSync(`${stack.place.folder}/.data/docker/*`).map((path) =>
      readFileSync(path, 'utf8').trim(),
    );
    expect(secrets).toHaveLength(3);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

/** What the guides run in a container, by the name of the command. */
const documented = new Map(
  globSync(['docs/*.md', 'README.md']).flatMap((path) =>
    [
      ...readFileSync(path, 'utf8').matchAll(
        /docker compose run --rm api node dist\/commands\/([\w-]+)\.js([^`\n]*)/g,
      ),
    ].map(([, name = '', args = '']) => [name, args.split(' ').filter(Boolean)] as const),
  ),
);
const commands = shippedCommands.map(
  ([name, args, said]) => [name, documented.get(name) ?? args, said] as const,
);
const [admin = ''] = documented.get('admin-bootstrap')?.slice(1) ?? [];
let token = '';
let client: Client;

describe('a command', () => {
  it('is tested if it ships or a guide names it', async () => {
    const shipped = await stack.command('sh', '-c', 'ls dist/commands/*.js');
    const guides = globSync(['docs/*.md', 'README.md']).map((path) => readFileSync(path, 'utf8'));
    for (const text of [shipped, guides.join('\n')]) {
      const names = [...text.matchAll(/dist\/commands\/([\w-]+)\.js/g)].map(([, name = '']) => name);
      expect([...new Set(names)].toSorted()).toEqual(commands.map(([name]) => name).toSorted());
    }
    expect([...documented.keys()]).toEqual(['admin-bootstrap']);
  });

  it.each(commands)('runs in a container, with secrets from files: %s', async (name, args, said) => {
    const output = await stack.command('node', `dist/commands/${name}.js`, ...args);
    expect(output).toContain(said);
    if (name === 'admin-bootstrap') token = /^ {2}(\S{43})$/m.exec(output)![1]!;
  });
});

/** Signs a user in; the client keeps the session. */
async function signIn(email: string): Promise<Client> {
  const signedIn = createClient({ baseUrl: apiUrl });
  dataOf(await signedIn.POST('/v1/sessions', { body: { email, password } }));
  return signedIn;
}

/** Registers somebody, and proves the address with the mail that comes. */
async function signUp(email: string): Promise<void> {
  const anybody = createClient({ baseUrl: apiUrl });
  dataOf(await anybody.POST('/v1/registrations', { body: { email, password, name: 'New Comer' } }));
  const body = { token: await mailedToken(mailboxUrl, email) };
  expect((await anybody.POST('/v1/email-verifications', { body })).response.status).toBe(204);
}

/** Exports all users; the addresses in the file. */
async function exportedEmails(): Promise<string[]> {
  const params = { header: { 'Idempotency-Key': randomUUID() } };
  const { id } = dataOf(await client.POST('/v1/user-exports', { params, body: { format: 'ndjson' } }));
  expect(await follow(client, id)).toMatchObject({ state: 'succeeded' });
  const lines = (await download(client, id)).trimEnd().split('\n');
  return lines.map((user) => (JSON.parse(user) as { email: string }).email);
}

describe('the story', () => {
  it('begins with the first administrator, who chooses a password', async () => {
    const anybody = createClient({ baseUrl: apiUrl });
    const chosen = await anybody.POST('/v1/password-resets/confirmations', { body: { token, password } });
    expect(chosen.response.status).toBe(204);
    client = await signIn(admin);
  });

  it('goes on with somebody who signs up, an import and an export', async () => {
    await signUp('newcomer@example.com');
    await signIn('newcomer@example.com');
    const file = peopleFile({ rows: 2000, run: 'image', known: 'newcomer@example.com' });
    const id = jobIdIn(await requestImport(client, randomUUID(), file.csv));
    expect(await follow(client, id)).toMatchObject({ state: 'succeeded' });
    const { created, skipped, failed } = JSON.parse(await download(client, id)) as ImportResult;
    expect({ created, skipped, failed }).toEqual({
      created: file.created.length,
      skipped: file.skipped,
      failed: file.failed.size,
    });
    const everybody = [admin, 'newcomer@example.com', ...file.created];
    expect((await exportedEmails()).toSorted()).toEqual(everybody.toSorted());
  });
});

describe('what happens to a stack', () => {
  it('a database that comes back at another address: both processes go on, without a restart', async () => {
    const before = await only('postgres');
    const processes = async () => [...(await healthy('api')), ...(await healthy('worker'))].map(lifeOf);
    const lives = await processes();
    const address = addressOf(before);
    await stack.compose('stop', 'postgres');
    const placeholders = await occupy(address!, Object.keys(before.NetworkSettings.Networks)[0]!);
    try {
      await stack.compose('start', 'postgres');
      const [moved] = await healthy('postgres');
      expect(addressOf(moved!)).not.toBe(address);
      await eventually(async () => (await fetch(`${apiUrl}/health/ready`)).ok, {
        what: 'the API to be ready',
      });
      await signUp('later@example.com');
      expect(await processes()).toEqual(lives);
    } finally {
      await stack.docker('rm', '--force', ...placeholders);
    }
  });

  it('of three workers one is killed in its work: another does it, nothing twice, and it comes back', async () => {
    await stack.compose('up', '-d', '--no-recreate', '--scale', 'worker=3');
    await healthy('worker', 3);
    const file = peopleFile({ rows: 60_000, run: 'killed', known: admin });
    const id = jobIdIn(await requestImport(client, randomUUID(), file.csv));
    const params = { path: { id } };
    const importing = async () => {
      const { progress } = dataOf(await client.GET('/v1/jobs/{id}', { params }));
      return progress.done > 0;
    };
    await eventually(importing, { what: 'the import to begin' });
    const api = await only('api');
    const address = await stack.docker('exec', api.Id, 'node', '--input-type=module', '-e', importerAddress);
    const workers = await stack.containers('worker');
    const victim = workers.find((worker) => addressOf(worker) === address.trim())!;
    // Everything but the container's init, which ends with its only child; the engine is not asked, so it restarts the container.
    await stack.docker('exec', '--detach', victim.Id, 'sh', '-c', 'sh -c "kill -9 -1"');
    const job = await follow(client, id, { withinMs: 600_000 });
    expect(job).toMatchObject({ state: 'succeeded', progress: { done: 60_000 } });
    expect(job.attempts).toBeGreaterThan(1);
    const { created, failed } = JSON.parse(await download(client, id)) as ImportResult;
    expect({ created, failed }).toEqual({ created: file.created.length, failed: file.failed.size });
    const after = await healthy('worker', 3);
    expect(after.map(({ RestartCount }) => RestartCount).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  });

  it('a stop: every process ends with exit code 0', async () => {
    await stack.compose('stop');
    for (const [service, count] of [
      ['api', 1],
      ['worker', 3],
      ['postgres', 1],
      ['redis', 1],
    ] as const) {
      const ends = (await stack.containers(service)).map(({ State }) => [State.Status, State.ExitCode]);
      expect([service, ends]).toEqual([service, Array.from({ length: count }, () => ['exited', 0])]);
    }
  });
});

/** Starts containers in a network until one has this free address; the names of all. */
async function occupy(address: string, network: string): Promise<string[]> {
  const names: string[] = [];
  for (let last: string | undefined; last !== address && names.length < 20;) {
    const name = `${stack.place.project}-placeholder-${names.length}`;
    await stack.docker(
      'run',
      '--detach',
      '--name',
      name,
      '--network',
      network,
      testedImage,
      'sleep',
      'infinity',
    );
    names.push(name);
    const [started] = JSON.parse(await stack.docker('inspect', name)) as ContainerState[];
    last = addressOf(started!);
  }
  return names;
}
