import { existsSync, readFileSync } from 'node:fs';
import { access, constants, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '#libs/config';
import { migrationStatus } from '#libs/database';
import { installProblem } from '../bootstrap.js';
import { dataDirOf, secretOf, withDevelopmentSecrets } from '../environment.js';
import { MIGRATIONS, openDatabase } from '../local-database.js';
import { isFree } from '../ports.js';
import { checkRedis } from './redis.js';

export interface Check {
  what: string;
  /** Throws with what is wrong and how to mend it. */
  look: (env: NodeJS.ProcessEnv) => Promise<void>;
}

/** Bytes: a new cluster takes 40 MB, its write-ahead log may grow to 1 GB (max_wal_size). */
const ENOUGH_BYTES = 2 * 1024 ** 3;

export const checks: Check[] = [
  { what: 'Node.js is the one the project pins', look: nodeVersion },
  { what: 'the installed packages are those of the lockfile', look: packages },
  { what: 'the configuration is valid', look: configuration },
  { what: 'the data directory can be written', look: dataDirectory },
  { what: 'the disk has room', look: diskSpace },
  { what: 'the ports are free', look: ports },
  { what: 'the database answers and is migrated', look: database },
  { what: 'Redis answers and never evicts (when REDIS_URL is set)', look: redis },
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

async function configuration(env: NodeJS.ProcessEnv): Promise<void> {
  if (env.NODE_ENV === 'production') {
    loadConfig(env);
    return;
  }
  // What npm start brings by itself is not asked of a developer.
  const url = secretOf(env, 'DATABASE_URL') ? {} : { DATABASE_URL: 'postgres://mainstay@127.0.0.1/mainstay' };
  loadConfig({ ...withDevelopmentSecrets(env), ...url });
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

async function database(env: NodeJS.ProcessEnv): Promise<void> {
  const { url, stop } = await openDatabase(env);
  try {
    const { pending, faults, bullmq } = await migrationStatus({ connectionString: url, folder: MIGRATIONS });
    if (faults.length > 0) throw new Error(faults.map(({ detail }) => detail).join('\n'));
    if (pending.length > 0 || bullmq.version < bullmq.latest) {
      throw new Error(
        `${pending.length} migrations of ours and ${bullmq.latest - bullmq.version} of BullMQ are pending; run: npm run db:migrate`,
      );
    }
  } finally {
    await stop();
  }
}

async function redis(env: NodeJS.ProcessEnv): Promise<void> {
  const url = secretOf(env, 'REDIS_URL');
  if (url) await checkRedis(url);
}
