import { describe, expect, it } from '@jest/globals';
import { redisFaults } from './redis-backend.js';

const fit = { redis_version: '7.0.15', maxmemory_policy: 'noeviction', aof_enabled: '1' };

function infoOf(changes: Partial<typeof fit>): string {
  const fields = Object.entries({ ...fit, ...changes }).map(([name, value]) => `${name}:${value}\r\n`);
  return `# Server\r\n${fields.join('')}`;
}

describe('a Redis for jobs', () => {
  it.each([
    [{}, []],
    [{ redis_version: '6.2.0' }, []],
    [{ redis_version: '10.0.1' }, []],
    [{ redis_version: '6.0.16' }, ['Its version is 6.0.16: use 6.2 or newer.']],
    [{ maxmemory_policy: 'allkeys-lru' }, ['It may evict jobs: set maxmemory-policy to noeviction.']],
    [{ aof_enabled: '0' }, ['It forgets them when it restarts: set appendonly to yes.']],
  ])('with %j has the faults %j', (changes, faults) => {
    expect(redisFaults(infoOf(changes))).toEqual(faults);
  });
});
