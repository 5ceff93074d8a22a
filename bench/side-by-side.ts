import { signedInCookie } from './administrator.js';
import type { Compiled } from '../tools/dev/supervisor/child.js';
import type { Seeded } from './database.js';
import { startMainstay, startBaseline } from './processes.js';
import { type Scenario, scenarios } from './scenarios.js';
import type { Server } from './server.js';

export interface SideBySide {
  ours: Server;
  theirs: Server;
  scenarios: Record<'read' | 'list' | 'create', Scenario>;
}

/** Starts both servers on the same database, runs work, and stops them. */
export async function sideBySide<T>(
  seeded: Seeded,
  work: (both: SideBySide) => Promise<T>,
  compiled: Compiled = 'dist',
): Promise<T> {
  const ours = await startMainstay(seeded.url, { compiled });
  try {
    const theirs = await startBaseline(seeded.url);
    try {
      const cookie = await signedInCookie(seeded.url, ours);
      return await work({ ours, theirs, scenarios: scenarios(seeded, cookie) });
    } finally {
      await theirs.stop();
    }
  } finally {
    await ours.stop();
  }
}
