import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { environment, loadConfig, secretNames } from '#libs/config';
import { resourceOf } from '#libs/observability';
import { unbundled } from '../../tools/build/unbundled.mjs';
import { argumentsOf } from '../../tools/dev/supervisor/child.js';

interface Service {
  command?: string[];
  environment?: Record<string, string | number>;
  secrets?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
  stop_grace_period?: string;
  labels?: Record<string, string>;
  build?: string;
}

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

interface Lockfile {
  packages: Record<string, { dev?: boolean }>;
}

interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const dockerfile = readFileSync('Dockerfile', 'utf8').split('\n');
const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
const kept = unbundled(lockfile);
const admitted = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .flatMap((line) => /^!(.+)/.exec(line)?.[1] ?? []);
const ours = Object.entries(compose.services).filter(([, service]) => service.build !== undefined);

/** `${NAME:-default}` as compose reads it when NAME is not set. */
const withDefaults = (value: string | number) => String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1');

/** The source of a script that the image runs. */
const sourceOf = (command: string[] = []) => (command.at(-1) ?? '').replace(/^dist\/(.*)\.js$/, '$1.ts');

describe('docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mainstay-docker-'));

  beforeAll(() => {
    writeFileSync(
      join(folder, 'database_url'),
      `postgres://mainstay:${randomBytes(24).toString('base64url')}@postgres:5432/mainstay\n`,
    );
    writeFileSync(join(folder, 'secret_keys'), `${randomBytes(32).toString('base64')}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('builds the migration, the API and the worker from one image', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
  });

  it.each(ours)('gives %s only variables that Mainstay reads', (_, { environment: given = {} }) => {
    const known = [...Object.keys(environment.shape), ...secretNames.map((name) => `${name}_FILE`)];
    expect(known).toEqual(expect.arrayContaining(Object.keys(given)));
  });

  it.each(ours)('gives %s a configuration that production accepts', (_, { environment: given = {} }) => {
    const inContainer = Object.entries(given).map(([name, value]) => [
      name,
      withDefaults(value).replace('/run/secrets', folder),
    ]);
    expect(loadConfig(Object.fromEntries(inContainer) as NodeJS.ProcessEnv)).toMatchObject({
      NODE_ENV: 'production',
      SMTP_URL: 'smtp://mailpit:1025',
    });
  });

  it.each(ours)(
    'mounts every secret that %s reads, and no other',
    (_, { environment: given = {}, secrets }) => {
      const read = Object.values(given).flatMap(
        (value) => /^\/run\/secrets\/(\w+)$/.exec(String(value))?.[1] ?? [],
      );
      expect(read.toSorted()).toEqual(secrets?.toSorted());
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(read));
    },
  );

  it.each(ours)('starts %s from a script that has a source', (_, { command }) => {
    expect(existsSync(sourceOf(command))).toBe(true);
  });

  it.each(['api', 'worker'] as const)(
    'starts the %s with the arguments that everything else gives it',
    (app) => {
      expect(compose.services[app]?.command).toEqual(['node', ...argumentsOf(app, 'dist')]);
    },
  );

  it.each(['api', 'worker'] as const)('labels the %s with what its log and its traces call it', (app) => {
    const { labels = {}, environment: given = {} } = compose.services[app]!;
    const { 'service.name': name, 'deployment.environment.name': deployment } = resourceOf(app, {
      NODE_ENV: String(given.NODE_ENV),
    });
    expect(labels).toEqual({ 'service.name': name, 'deployment.environment.name': deployment });
  });

  it.each(ours)('gives %s time to drain before it is killed', (_, { stop_grace_period: grace = '0s' }) => {
    const { SHUTDOWN_HOLD_MS, SHUTDOWN_DRAIN_MS } = environment
      .pick({ SHUTDOWN_HOLD_MS: true, SHUTDOWN_DRAIN_MS: true })
      .parse({});
    expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(SHUTDOWN_HOLD_MS + SHUTDOWN_DRAIN_MS);
  });

  it('waits for health only where a check says what that is', () => {
    const unchecked = Object.values(compose.services)
      .flatMap(({ depends_on: needs = {} }) => Object.entries(needs))
      .filter(
        ([name, { condition }]) =>
          condition === 'service_healthy' && !compose.services[name]?.healthcheck?.test,
      )
      .map(([name]) => name);
    expect(unchecked).toEqual([]);
  });

  it('keeps the migration in front of both processes', () => {
    const gate = { migrate: { condition: 'service_completed_successfully' } };
    expect(compose.services.api?.depends_on).toMatchObject(gate);
    expect(compose.services.worker?.depends_on).toMatchObject(gate);
  });
});

const instructions = (name: string) =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe('Dockerfile', () => {
  it('copies from the repository only what is there and what .dockerignore lets in', () => {
    const sources = instructions('COPY')
      .filter((copy) => !copy.startsWith('--from='))
      .flatMap((copy) => copy.split(' ').slice(0, -1))
      .filter((source) => source !== '.');
    for (const source of [...sources, ...admitted]) {
      expect([source, existsSync(source)]).toEqual([source, true]);
    }
    const isAdmitted = (source: string) => admitted.some((path) => `${source}/`.startsWith(`${path}/`));
    expect(sources.filter((source) => !isAdmitted(source))).toEqual([]);
  });

  it('takes the packages of production that are not in dist/, and none of development', () => {
    expect(instructions('RUN').join()).toContain('node tools/build/unbundled.mjs');
    // OpenTelemetry reads its configuration with it.
    const needed = ['yaml'];
    const left = Object.keys(manifest.devDependencies).filter((name) => kept.has(`node_modules/${name}`));
    expect(left).toEqual(needed);
    expect([...kept].filter((path) => lockfile.packages[path]!.dev || path.includes('@types/'))).toEqual([]);
  });

  it('runs the API unless told otherwise, and not as root', () => {
    expect(instructions('USER')).toEqual(['node']);
    const [command = '[]'] = instructions('CMD');
    expect(existsSync(sourceOf(JSON.parse(command) as string[]))).toBe(true);
  });

  it('has the major version of Node that is pinned for development', () => {
    const [pinned] = readFileSync('.nvmrc', 'utf8').split('.');
    expect(instructions('FROM')[0]).toMatch(new RegExp(`^node:${pinned}-`));
  });
});

describe('dist/ in the image', () => {
  const context = mkdtempSync(join(tmpdir(), 'mainstay-context-'));
  /** Scripts, as paths in the image. */
  let shipped: Set<string>;

  /** The build stage, on what .dockerignore lets in. */
  beforeAll(async () => {
    for (const path of admitted) cpSync(path, join(context, path), { recursive: true });
    symlinkSync(resolve('node_modules'), join(context, 'node_modules'));
    const [, ...build] = manifest.scripts.build?.split(' ') ?? [];
    await promisify(execFile)(process.execPath, build, { cwd: context });
    shipped = new Set(globSync('dist/**/*.js', { cwd: context }));
  });
  afterAll(() => rmSync(context, { recursive: true }));

  it('is processes and commands on modules and libs, without tests, examples and the workshop', () => {
    const ourSources = globSync('dist/**/*.map', { cwd: context })
      .flatMap((path) => {
        const { sources } = JSON.parse(readFileSync(join(context, path), 'utf8')) as { sources: string[] };
        return sources.map((source) => posix.join(posix.dirname(path), source));
      })
      .filter((path) => !path.includes('node_modules/'));
    const folders = new Set(ourSources.map((path) => path.split('/')[0]));
    expect(folders).toEqual(new Set(['apps', 'commands', 'libs', 'modules']));
    expect(ourSources.filter((path) => /\/(testing|fixtures|examples)\/|\.spec\./.test(path))).toEqual([]);
  });

  it('holds every script that is started', () => {
    const started = [
      ...ours.map(([, { command }]) => command?.at(-1)),
      ...globSync('commands/*.ts').map((path) => `dist/${path.replace(/ts$/, 'js')}`),
    ];
    expect([...shipped]).toEqual(expect.arrayContaining(started));
  });

  it('loads no package that is in the bundle a second time from node_modules', () => {
    const hidden = [...shipped].filter((path) =>
      /__require\d*\("@nestjs\//.test(readFileSync(join(context, path), 'utf8')),
    );
    expect(hidden).toEqual([]);
  });

  it('takes one byte a character in memory', () => {
    // Node keeps a text in Latin letters as it is, and any other with two bytes for each character.
    const scripts = [...shipped].filter((path) => !path.startsWith('dist/apps/console/'));
    const wide = scripts.filter((path) => /[\u0100-\uffff]/.test(readFileSync(join(context, path), 'utf8')));
    expect(wide).toEqual([]);
  });

  it('imports itself and the packages of the image, nothing else', () => {
    const isThere = (from: string, specifier: string): boolean => {
      if (specifier.startsWith('.')) return shipped.has(posix.join(posix.dirname(from), specifier));
      const [name = ''] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
      return isBuiltin(specifier) || kept.has(`node_modules/${name}`);
    };
    const imports = [...shipped].flatMap((from) =>
      importsOf(readFileSync(join(context, from), 'utf8')).map((specifier) => ({ from, specifier })),
    );
    expect(imports.length).toBeGreaterThan(shipped.size);
    expect(imports.filter(({ from, specifier }) => !isThere(from, specifier))).toEqual([]);
  });
});

/**
 * The specifiers that a bundled module needs, as esbuild writes them; packages try dynamic imports of optional peers and do
 * without.
 */
function importsOf(code: string): string[] {
  const pattern = /^(?:import|export)\b(?:[^'";]* from)? "([^"]+)"|\bimport\("(\.[^"]+)"\)/gm;
  return [...code.matchAll(pattern)].map(([, fixed, loaded]) => fixed ?? loaded ?? '');
}
