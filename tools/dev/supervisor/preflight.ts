import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, loadConfig, misspelt } from '#libs/config';
import { hasSecret, withDevelopmentSecrets } from '../../machine/environment.js';
import { freePort, isFree } from '../../machine/ports.js';

/** Stands for the embedded database's URL, which is not known before it runs, while everything else is checked. */
const UNKNOWN_YET = 'postgres://mainstay@127.0.0.1/mainstay';

/** Milliseconds apps of a killed launcher may take to notice and to let go of their ports. */
const ORPHAN_PATIENCE_MS = 10_000;

export const devFileOf = (dataDir: string) => join(dataDir, 'dev.json');

/** Everything that can be known to be wrong before anything is started. Throws with one message that says it all. */
export async function preflight(
  given: NodeJS.ProcessEnv,
): Promise<{ env: NodeJS.ProcessEnv; config: Config }> {
  if (given.NODE_ENV === 'production') throw new Error(inProduction);
  const env = withDevelopmentSecrets({ NODE_ENV: 'development', ...given });
  if (env.PORT === '0') env.PORT = String(await freePort());
  if (env.WORKER_PORT === '0') env.WORKER_PORT = String(await freePort());
  const config = loadConfig(hasSecret(env, 'DATABASE_URL') ? env : { ...env, DATABASE_URL: UNKNOWN_YET });
  for (const [name, sentence] of misspelt(env)) {
    console.error(`mainstay: ${sentence}`);
    // Otherwise each app would say the same.
    delete env[name];
  }
  await assertPortsFree(config);
  return { env, config };
}

async function assertPortsFree({ HOST, PORT, WORKER_PORT, DATA_DIR }: Config): Promise<void> {
  if (PORT === WORKER_PORT)
    throw new Error(`PORT and WORKER_PORT are both ${PORT}; give them different values.`);
  // The file is removed when a launcher stops in order: where it is left, apps may still be on their way out.
  const deadline = Date.now() + (existsSync(devFileOf(DATA_DIR)) ? ORPHAN_PATIENCE_MS : 0);
  for (const [name, port, what] of [
    ['PORT', PORT, 'API'],
    ['WORKER_PORT', WORKER_PORT, 'worker'],
  ] as const) {
    while (!(await isFree(port, HOST))) {
      if (Date.now() >= deadline) {
        throw new Error(
          `Port ${port} (${name}, for the ${what}) is taken, maybe by another Mainstay. ` +
            `Stop what listens there, or choose another port: ${name}=${port + 100} npm start`,
        );
      }
      await delay(100);
    }
  }
}

const inProduction = `npm start is for development: it makes its own secrets and an administrator. In production (NODE_ENV=production) run
  npm run build
  node dist/commands/db-migrate.js  once per release, before the new processes
  node dist/apps/api/main.js        as many as you like
  node dist/apps/worker/main.js     as many as you like
with the variables that .env.example describes.`;
