import { setTimeout as delay } from 'node:timers/promises';
import { migrationStatus } from '#libs/database';

const POLL_MS = 500;

/**
 * Resolves when the database has every migration of the folder. It applies none: nobody may have read a new one yet, and one
 * that was applied cannot be written anew. It says how, once for each set that is missing. Throws when the files contradict
 * the database.
 */
export async function untilMigrated(
  options: { connectionString: string; folder: string },
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let told = ''; ; await delay(POLL_MS, undefined, { signal })) {
    const { pending, faults } = await migrationStatus(options);
    if (faults.length > 0) throw new Error(faults.map(({ detail }) => detail).join('\n'));
    if (pending.length === 0) return;
    const names = pending.map((name) => `${name}.sql`).join(', ');
    if (names !== told)
      say(
        `not reloaded yet: ${names} is not applied. Read it, then run in another terminal: npm run db:migrate`,
      );
    told = names;
  }
}
