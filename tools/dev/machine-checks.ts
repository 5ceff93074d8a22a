import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../commands/doctor/examine.js';
import { installProblem } from '../build/scripts.js';
import { dataDirOf } from '../machine/environment.js';
import { isFree } from '../machine/ports.js';

/** Bytes: a new cluster takes 40 MB, its write-ahead log may grow to 1 GB (max_wal_size). */
const ENOUGH_BYTES = 2 * 1024 ** 3;

/** Checks of a developer's machine. */
export const machineChecks: Check[] = [
  { what: 'Node.js is the one the project pins', look: nodeVersion },
  { what: 'the installed packages are those of the lockfile', look: packages },
  { what: 'the data directory can be written', look: dataDirectory },
  { what: 'the disk has room', look: diskSpace },
  { what: 'the ports are free', look: ports },
];

async function nodeVersion(): Promise<void> {
  const wanted = readFileSync('.nvmrc', 'utf8').trim();
  if (process.versions.node !== wanted) {
    throw new Error(
      `this is ${process.versions.node}, not ${wanted}; run the commands through npm, or: npm rebuild node`,
    );
  }
}

async function packages(): Promise<void> {
  const problem = installProblem(process.cwd());
  if (problem) throw new Error(`${problem}; run: npm ci`);
}

async function dataDirectory(env: NodeJS.ProcessEnv): Promise<void> {
  const dir = dataDirOf(env);
  const probe = join(dir, `.doctor-${process.pid}`);
  try {
    await mkdir(dir, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    if (existsSync(join(dir, 'secrets.json'))) await access(join(dir, 'secrets.json'), constants.R_OK);
  } catch (error) {
    throw new Error(
      `${dir}: ${(error as Error).message}; make it yours (chown), or set DATA_DIR to another directory`,
    );
  }
}

async function diskSpace(env: NodeJS.ProcessEnv): Promise<void> {
  const dir = existsSync(dataDirOf(env)) ? dataDirOf(env) : '.';
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free < ENOUGH_BYTES) {
    throw new Error(
      `${Math.round(free / 1024 ** 2)} MB are free for ${dir}; free up to ${ENOUGH_BYTES / 1024 ** 2} MB, or set DATA_DIR`,
    );
  }
}

async function ports(env: NodeJS.ProcessEnv): Promise<void> {
  const host = env.HOST || '127.0.0.1';
  const taken: string[] = [];
  for (const [name, fallback] of [
    ['PORT', 3000],
    ['WORKER_PORT', 3001],
  ] as const) {
    const port = Number(env[name] || fallback);
    if (!(await isFree(port, host))) taken.push(`${port} (${name})`);
  }
  if (taken.length === 0 || existsSync(join(dataDirOf(env), 'dev.json'))) return;
  throw new Error(
    `${taken.join(' and ')} taken; stop what listens there, or set the variable to another port`,
  );
}
