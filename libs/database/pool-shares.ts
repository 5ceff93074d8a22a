import type { Config } from '#libs/config';
import type { PoolRole } from './pool.js';

/** The connections that a process keeps beside those for its work: one for probes, and the two of the relay. */
const probe = 1;
const relay = 2;

/**
 * Returns the connections that a pool may take, so that all pools of a process together take DATABASE_POOL_MAX. A worker halves what
 * its relay leaves: one half for jobs, the other for the queues, unless these are in Redis.
 */
export function poolShare(
  { DATABASE_POOL_MAX: all, REDIS_URL }: Pick<Config, 'DATABASE_POOL_MAX' | 'REDIS_URL'>,
  role: Exclude<PoolRole, 'relay' | 'probe'>,
): number {
  if (role === 'tool') return all;
  if (role === 'api') return Math.max(1, all - probe);
  const rest = all - probe - relay;
  const jobs = Math.max(1, REDIS_URL ? rest : Math.floor(rest / 2));
  return role === 'worker' ? jobs : rest - jobs;
}
