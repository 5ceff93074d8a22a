import { pgTable, uuid } from 'drizzle-orm/pg-core';
import { describe, expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { RevocationRegistry } from './revocation-registry.js';

const table = pgTable('things', { id: uuid() });

/** Returns a registry with two features of each kind, and the calls that they got. */
function withFeatures() {
  const registry = new RevocationRegistry();
  const calls: string[] = [];
  const feature = (name: string) => async (userId: string) => {
    await setImmediate();
    calls.push(`${name} of ${userId}`);
  };
  registry.endWithSessions(table, feature('challenges'));
  registry.endWithCredentials(table, feature('links'));
  registry.endWithSessions(table, feature('sudo'));
  registry.endWithCredentials(table, feature('changes'));
  return { registry, calls };
}

describe('the registry of what a revocation ends', () => {
  it('ends what was registered with the sessions, in that order, and nothing else', async () => {
    const { registry, calls } = withFeatures();
    await registry.sessionsRevoked('ada');
    expect(calls).toEqual(['challenges of ada', 'sudo of ada']);
  });

  it('ends what was registered with the credentials, in that order, and nothing else', async () => {
    const { registry, calls } = withFeatures();
    await registry.credentialsChanged('ada');
    expect(calls).toEqual(['links of ada', 'changes of ada']);
  });

  it('fails with the first feature that fails, so that the transaction rolls back', async () => {
    const registry = new RevocationRegistry();
    const later: string[] = [];
    registry.endWithSessions(table, () => Promise.reject(new Error('the table is locked')));
    registry.endWithSessions(table, async (userId) => later.push(userId));
    await expect(registry.sessionsRevoked('ada')).rejects.toThrow('the table is locked');
    expect(later).toEqual([]);
  });
});
