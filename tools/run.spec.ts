import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

let root: string;

/** A repository of its own around the real scripts and the real packages. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mainstay-run-'));
  for (const name of ['commands', 'tools/dev']) await mkdir(join(root, name), { recursive: true });
  const launcher = [
    'tools/run.mjs',
    'tools/build/build.mjs',
    'tools/build/bundle.mjs',
    'tools/build/console.mjs',
    'tools/build/installed.mjs',
    'tools/build/llms.mjs',
  ];
  for (const name of [...launcher, '.swcrc', 'package.json', 'package-lock.json'])
    await cp(resolve(name), join(root, name));
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
});
afterEach(() => rm(root, { recursive: true }));

const write = (path: string, content: string) => writeFile(join(root, path), content);

const scripts = (folder: string) => globSync('**/*.js', { cwd: join(root, folder) }).toSorted();

function run(args: string[], env: NodeJS.ProcessEnv = process.env) {
  return spawn(process.execPath, [join(root, 'tools', 'run.mjs'), ...args], {
    detached: true,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Outcome {
  code: number | null;
  output: string;
  errors: string;
}

const outcome = (...args: string[]) => outcomeOf(run(args));

async function outcomeOf(child: ReturnType<typeof run>): Promise<Outcome> {
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number | null, output, errors };
}

describe('run.mjs', () => {
  it('builds and runs a command with its arguments and its exit code, on the pinned Node', async () => {
    await write(
      'tools/dev/greet.ts',
      'console.log(process.version, ...process.argv.slice(2)); process.exitCode = 7;',
    );
    const { code, output } = await outcome('greet', '--loud', 'you');
    expect(output.trim()).toBe(`v${(await readFile('.nvmrc', 'utf8')).trim()} --loud you`);
    expect(code).toBe(7);
  });

  it('says in one line what there is not', async () => {
    expect(await outcome('nothing')).toEqual({
      code: 1,
      output: '',
      errors:
        'mainstay: there is no command "nothing": nothing.ts is neither in commands/ nor in a folder of tools/\n',
    });
  });

  it('hands what ships to the tool that gives it an environment', async () => {
    await write('commands/greet.ts', 'console.log("alone");');
    await write('tools/dev/run-command.ts', 'console.log("with", ...process.argv.slice(2));');
    expect((await outcome('greet', '--loud')).output).toBe('with greet --loud\n');
  });

  it('compiles everything, and bundles what ships with what it imports', async () => {
    for (const path of ['commands/testing', 'libs/greeting'])
      await mkdir(join(root, path), { recursive: true });
    await write('libs/greeting/index.ts', 'export const greeting: string = "hello";');
    await write('commands/greet.ts', 'import { greeting } from "#libs/greeting"; console.log(greeting);');
    await write('commands/testing/fake.ts', 'console.log(1);');
    await write('tools/dev/start.ts', 'console.log(1);');
    await outcome('build');
    expect(scripts('build')).toEqual([
      'commands/greet.js',
      'commands/testing/fake.js',
      'libs/greeting/index.js',
      'tools/dev/start.js',
    ]);
    expect(scripts('dist')).toEqual(['commands/greet.js']);
    await rm(join(root, 'build'), { recursive: true });
    expect(execFileSync(process.execPath, [join(root, 'dist/commands/greet.js')], { encoding: 'utf8' })).toBe(
      'hello\n',
    );
  });

  it('explains the build, and refuses what it does not know before it builds', async () => {
    await write('tools/dev/start.ts', 'console.log(1);');
    expect(await outcome('build', '--help')).toMatchObject({
      code: 0,
      output: expect.stringContaining('npm run build\n'),
    });
    expect(await outcome('build', '--prod')).toMatchObject({
      code: 1,
      errors: "mainstay: Unknown argument '--prod'\n",
    });
    expect(scripts('build')).toEqual([]);
  });

  it('removes from the bundle what has no source any more', async () => {
    await write('commands/greet.ts', 'console.log(1);');
    await outcome('build');
    await rm(join(root, 'commands/greet.ts'));
    await outcome('build');
    expect(scripts('dist')).toEqual([]);
  });

  it('hands a Ctrl-C over once, however often it arrives, and waits for the end', async () => {
    await write(
      'tools/dev/linger.ts',
      `let count = 0;
       process.on('SIGINT', () => { count += 1; setTimeout(() => { console.log('interrupts', count); process.exit(3); }, 300); });
       setInterval(() => {}, 1000);
       console.log('up');`,
    );
    const child = run(['linger']);
    const output = text(child.stdout);
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    process.kill(-pid, 'SIGINT');
    process.kill(pid, 'SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(await output).toMatch(/interrupts 1\n$/);
    expect(code).toBe(3);
  });

  it('runs nothing old: what has no source any more is gone', async () => {
    await write('tools/dev/gone.ts', 'console.log(1);');
    expect((await outcome('gone')).code).toBe(0);
    await rm(join(root, 'tools/dev/gone.ts'));
    expect((await outcome('gone')).errors).toContain('no command "gone"');
    await expect(stat(join(root, 'build/tools/dev/gone.js'))).rejects.toThrow('ENOENT');
    await expect(stat(join(root, 'build/tools/dev/gone.js.map'))).rejects.toThrow('ENOENT');
  });

  it('leaves what did not change untouched and writes no tests', async () => {
    await write('tools/dev/still.ts', 'export const still: number = 1;');
    await write('tools/dev/still.spec.ts', 'throw new Error();');
    await outcome('build');
    const before = await stat(join(root, 'build/tools/dev/still.js'), { bigint: true });
    await outcome('build');
    expect((await stat(join(root, 'build/tools/dev/still.js'), { bigint: true })).mtimeNs).toBe(
      before.mtimeNs,
    );
    await expect(stat(join(root, 'build/tools/dev/still.spec.js'))).rejects.toThrow('ENOENT');
  });

  it('names the file that does not parse and keeps the last build', async () => {
    await write('tools/dev/fine.ts', 'console.log(1);');
    await outcome('build');
    await write('tools/dev/broken.ts', 'const = ;');
    const { code, errors } = await outcome('fine');
    expect(code).toBe(1);
    expect(errors).toContain('tools/dev/broken.ts');
    expect(await readFile(join(root, 'build/tools/dev/fine.js'), 'utf8')).toContain('console.log(1)');
  });

  describe('without packages', () => {
    /** A program in place of npm, which warns as npm does, and installs by a link. */
    const withNpm = async (...lines: string[]) => {
      await rm(join(root, 'node_modules'));
      await mkdir(join(root, 'bin'));
      const warnings = 'for i in $(seq 200); do echo "npm warn EBADENGINE $i" >&2; done';
      await writeFile(join(root, 'bin/npm'), ['#!/bin/sh', warnings, ...lines].join('\n'), { mode: 0o755 });
      await write('tools/dev/greet.ts', 'console.log("hello");');
      const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
      return outcomeOf(run(['greet'], env));
    };

    it('installs them in one line', async () => {
      const { code, output, errors } = await withNpm(`ln -s ${resolve('node_modules')} node_modules`);
      expect({ code, output, errors }).toEqual({
        code: 0,
        output: 'hello\n',
        errors: 'mainstay: installing packages (npm ci) …\n',
      });
    });

    it('shows everything that npm said when it fails', async () => {
      const { code, errors } = await withNpm('echo "npm error the disk is full" >&2', 'exit 7');
      expect(code).toBe(1);
      expect(errors).toContain('npm warn EBADENGINE 200\n');
      expect(errors).toMatch(/npm error the disk is full\nmainstay: npm ci failed; the reason stands above/);
    });
  });
});
