import { loadConfig, loadSecret } from '#libs/config';
import { migrationStatus } from '#libs/database';
import { MIGRATIONS } from '../support/release.js';
import type { Check } from './examine.js';
import { checkRedis } from './redis.js';

/** The checks that make sense in every installation. */
export const installationChecks: Check[] = [
  { what: 'the configuration is valid', look: configuration },
  { what: 'the database answers and is migrated', look: database },
  { what: 'Redis answers and never evicts (when REDIS_URL is set)', look: redis },
];

async function configuration(env: NodeJS.ProcessEnv): Promise<void> {
  loadConfig(env);
}

async function database(env: NodeJS.ProcessEnv): Promise<void> {
  const connectionString = loadSecret(env, 'DATABASE_URL');
  const { pending, faults, bullmq } = await migrationStatus({ connectionString, folder: MIGRATIONS });
  if (faults.length > 0) throw new Error(faults.map(({ detail }) => detail).join('\n'));
  if (pending.length > 0 || bullmq.version < bullmq.latest) {
    throw new Error(
      `${pending.length} migrations of ours and ${bullmq.latest - bullmq.version} of BullMQ are pending; run the command db-migrate`,
    );
  }
}

async function redis(env: NodeJS.ProcessEnv): Promise<void> {
  const url = loadSecret(env, 'REDIS_URL');
  if (url) await checkRedis(url);
}
