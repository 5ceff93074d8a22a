import { newId } from '#libs/database';
import type { World } from './apps.js';
import type { Person } from './people.js';

/** Markup, so that a page which took text for markup would show it and break its policy. */
export const why = 'The archive refused the part: <img src=x onerror=alert(1)>';

/** An export in a format that there is not: it fails in each attempt, until somebody edits it. */
export async function failedExport({ db }: World, owner: Person): Promise<string> {
  const id = newId();
  const payload = { format: 'xml', filter: {}, accessToken: 'never to be seen' };
  const error = { code: 'jobs.unreadable', detail: why };
  await db.pool.query(
    `insert into operations (id, name, owner_id, state, attempt, problem, started_at, finished_at)
     values ($1, 'users.export', $2, 'failed', 8, $3, now(), now())`,
    [id, owner.id, error],
  );
  await db.pool.query(
    `insert into dead_letters (id, queue, name, payload, headers, error, attempts) values ($1, 'bulk', 'users.export', $2, $3, $4, 8)`,
    [id, payload, { owner: owner.id, enqueued_at: new Date().toISOString() }, error],
  );
  return id;
}
