// Runs one of Mainstay's commands: node tools/run.mjs <command> [arguments]
//
// This is the first thing that runs after a clone, under whatever Node is there (20 or newer), before anything is installed:
// it uses Node built-ins only. It installs when needed, builds, and hands over to the command on the Node that package.json
// pins. (package.json says `exec` where it starts long-running commands: npm hands signals to a shell, and that shell would
// keep them.)
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installProblem, pinnedNode } from './build/installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const node = pinnedNode(root);

/** npm and the terminal both deliver one Ctrl-C (npm repeats it to its child): what comes this close together is one. */
const SAME_SIGNAL_MS = 500;

const PARENT_CHECK_MS = 1000;

function fail(message) {
  console.error(`mainstay: ${message}`);
  process.exit(1);
}

function install() {
  // Not to stdout, which belongs to the command: ops speaks a protocol there.
  console.error('mainstay: installing packages (npm ci) …');
  // --include=dev: the build needs them, also where NODE_ENV=production is set. What npm says is shown when it fails: on an older
  // Node it warns of every package that asks for a newer one, although all of them run on the one that it installs here.
  const npm = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['inherit', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: windows,
  });
  if (npm.error)
    fail(`npm could not be started (${npm.error.message}); install Node.js 20 or newer together with npm`);
  if (npm.signal) process.exit(128 + constants.signals[npm.signal]);
  if (npm.status !== 0) {
    console.error(`${npm.stdout}${npm.stderr}`.trim());
    fail('npm ci failed; the reason stands above. Mend it and run the same command again');
  }
  const problem = installProblem(root);
  if (problem) fail(`${problem}, although npm ci succeeded; run: npm rebuild node`);
}

/**
 * The command gets a process group of its own, so that a Ctrl-C in the terminal reaches it through us: once, whoever else
 * repeats it. The open channel lets a long-running command notice when we are gone without a word (kill -9).
 */
function run(...args) {
  const child = spawn(node, ['--enable-source-maps', ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: !windows,
  });
  const lastSent = new Map();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (Date.now() - (lastSent.get(signal) ?? 0) < SAME_SIGNAL_MS) return;
      lastSent.set(signal, Date.now());
      child.kill(signal);
    });
  }
  // npm was killed without a word: then nobody can stop us any more. (Started by hand, we may well outlive our shell.)
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent || !process.env.npm_lifecycle_event) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  child.on('error', (error) =>
    fail(`${node} could not be started (${error.message}); run: npm rebuild node`),
  );
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** `npm run build` is done by what every command does first. */
function readBuildArguments() {
  if (args.length === 0) return;
  if (args.some((argument) => argument !== '--help' && argument !== '-h'))
    fail(`Unknown argument '${args[0]}'`);
  console.log(
    'npm run build\n\nCompiles into build/ and bundles what ships into dist/. Every other command does so first.',
  );
  process.exit(0);
}

/** Commands that ship know nothing of development: tools/dev/run-command.ts gives them secrets and a database. */
function scriptOf(command) {
  const folders = ['commands', ...readdirSync('tools').map((area) => `tools/${area}`)];
  const source = folders.map((folder) => `${folder}/${command}`).find((path) => existsSync(`${path}.ts`));
  if (!source)
    fail(`there is no command "${command}": ${command}.ts is neither in commands/ nor in a folder of tools/`);
  return source.startsWith('commands/')
    ? ['build/tools/dev/run-command.js', command]
    : [`build/${source}.js`];
}

/** What people may type, from the scripts of package.json. */
function usage() {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const names = Object.keys(scripts).map((name) =>
    name === 'start' || name === 'test' ? name : `run ${name}`,
  );
  return [
    'npm start starts everything. The commands:',
    '',
    ...names.map((name) => `  npm ${name}`),
    '',
    'Add -- --help to one of them to read what it does. README.md has a table of them all.',
  ].join('\n');
}

const [command, ...args] = process.argv.slice(2);
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node.js ${process.versions.node} is too old to install Mainstay; install Node.js 20 or newer`);
}
process.chdir(root);
if (!command || ['help', '--help', '-h'].includes(command)) {
  console.log(usage());
  process.exit(0);
}
if (!/^[a-z][a-z-]*$/.test(command)) fail(`"${command}" is no command; npm run shows them all`);
if (command === 'build') readBuildArguments();
if (installProblem(root)) install();
const { build } = await import('./build/build.mjs');
// These run what was compiled and nothing that ships, so they need not wait for a bundle.
const withoutBundle = ['dev', 'generate', 'db-generate', 'db-seed', 'db-reset', 'make-module', 'ops'];
await build(root, { bundled: !withoutBundle.includes(command) }).catch((error) => fail(error.message));
if (command !== 'build') run(...scriptOf(command), ...args);
