import pg from 'pg';

/** What stands between a connection and the server, and how long a pooler lends one of the server's connections to it. */
export type Pooling = 'none' | 'session' | 'transaction';

/** The settings of a session by name, with their values. */
export type SessionSettings = Record<string, string>;

/** Milliseconds that a question about the session may take. */
const answerWithinMs = 2000;

/** Questions to each of two connections. A pooler that shares connections shows itself with the first few. */
const rounds = 5;

/** The connection cannot be used for LISTEN and for settings of a session, and its user needs both. */
export class NeedsSession extends Error {
  override readonly name = 'NeedsSession';
  constructor() {
    super(
      'DATABASE_URL leads to a pooler in transaction mode, which forgets LISTEN, locks and settings of a session: only the API can ' +
        'use it. Set DATABASE_URL of the worker and of migrations to Postgres itself, or to a pooler in session mode.',
    );
  }
}

const poolings = new Map<string, Promise<Pooling>>();

/**
 * Sets the settings on a new connection, and returns what it goes through. A pooler refuses them as start-up parameters; in
 * transaction mode it would give them to whoever uses the server's connection next, so there they are not set at all.
 */
export async function openSession(
  client: pg.ClientBase,
  connectionString: string,
  settings: SessionSettings,
): Promise<Pooling> {
  // A pooler invents the number that it tells its clients.
  const { processID } = client as unknown as { processID: number | null };
  const isDirect = `pg_backend_pid() = ${processID ?? 0}`;
  const set = settingText(settings).map((text) => `case when ${isDirect} then ${text} end`);
  const { direct } = await ask(client, [`${isDirect} as direct`, ...set]);
  if (direct) return 'none';
  const pooling = await poolingOf(connectionString);
  if (pooling === 'session') await ask(client, settingText(settings));
  return pooling;
}

/** Throws {@link NeedsSession} when a pooler gives the connections of this URL no session of their own. */
export async function assertSession(client: pg.ClientBase, connectionString: string): Promise<void> {
  if ((await openSession(client, connectionString, {})) === 'transaction') throw new NeedsSession();
}

/** Asks once in the life of a process, and again after a failure. */
function poolingOf(connectionString: string): Promise<Pooling> {
  const known = poolings.get(connectionString);
  if (known) return known;
  const asked = askPooling(connectionString);
  poolings.set(connectionString, asked);
  asked.catch(() => poolings.delete(connectionString));
  return asked;
}

/** Two open connections that were served by the same process of the server have no session of their own. */
async function askPooling(connectionString: string): Promise<Pooling> {
  const clients = [0, 1].map(
    () => new pg.Client({ connectionString, connectionTimeoutMillis: answerWithinMs }),
  );
  for (const client of clients) client.on('error', () => {});
  const seen = clients.map(() => new Set<unknown>());
  try {
    await Promise.all(clients.map((client) => client.connect()));
    for (let round = 0; round < rounds; round += 1)
      for (const [index, client] of clients.entries())
        seen[index]!.add((await ask(client, ['pg_backend_pid() as pid'])).pid);
  } catch (error) {
    // The pooler has one connection to the server, which the first of the two keeps.
    if (seen[0]!.size !== 1 || (error as Error).message !== silence) throw error;
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
  const [first, second] = seen as [Set<unknown>, Set<unknown>];
  return first.size > 1 || second.size > 1 || [...first].some((pid) => second.has(pid))
    ? 'transaction'
    : 'session';
}

/** The message of pg for a query that was not answered in time. It has no code. */
export const silence = 'Query read timeout';

async function ask(client: pg.ClientBase, columns: string[]): Promise<Record<string, unknown>> {
  if (columns.length === 0) return {};
  const query = { text: `select ${columns.join(', ')}`, query_timeout: answerWithinMs };
  const { rows } = await client.query<Record<string, unknown>>(query);
  return rows[0]!;
}

/** Names and values are constants of this library. */
function settingText(settings: SessionSettings): string[] {
  return Object.entries(settings).map(([name, value]) => `set_config('${name}', '${value}', false)`);
}
