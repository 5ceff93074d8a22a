import { join } from 'node:path';
import pg from 'pg';
import { migrate, newId } from '#libs/database';
import { ensurePostgres } from '../tools/postgres/embedded-postgres.js';
import { appVersion, MIGRATIONS } from '../commands/support/release.js';

/** The number of users: enough that rows come from an index and not from one hot page. Seeding takes about a second. */
const people = 20_000;

export interface Seeded {
  url: string;
  userIds: string[];
}

/** A durable server: as in production, a commit waits for the disk. */
export interface DatabaseServer {
  /** Runs work against a new, migrated and filled database, which is dropped afterwards. */
  withDatabase<T>(work: (seeded: Seeded) => Promise<T>): Promise<T>;
}

/** Runs work with a server. Its cluster stays in the data directory for the next run. */
export async function withDatabaseServer<T>(
  dataDir: string,
  work: (server: DatabaseServer) => Promise<T>,
): Promise<T> {
  const { url: anyUrl, adminUrl, stop } = await ensurePostgres({ dir: join(dataDir, 'bench-postgres') });
  let made = 0;
  try {
    return await work({
      async withDatabase(measure) {
        made += 1;
        const name = `bench_${process.pid}_${made}`;
        const url = new URL(anyUrl);
        url.pathname = `/${name}`;
        await onServer(adminUrl, `drop database if exists ${name} with (force)`);
        await onServer(adminUrl, `create database ${name} owner ${url.username} template template0`);
        try {
          await migrate({ connectionString: url.href, folder: MIGRATIONS, appVersion: appVersion() });
          return await measure(await seed(url.href));
        } finally {
          await onServer(adminUrl, `drop database ${name} with (force)`);
        }
      },
    });
  } finally {
    await stop();
  }
}

/** Runs work against one database on a server of its own. */
export function withDatabase<T>(dataDir: string, work: (seeded: Seeded) => Promise<T>): Promise<T> {
  return withDatabaseServer(dataDir, (server) => server.withDatabase(work));
}

async function onServer(url: string, statement: string): Promise<void> {
  await withClient(url, (client) => client.query(statement));
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function seed(url: string): Promise<Seeded> {
  return withClient(url, async (client) => {
    const userIds = Array.from({ length: people }, () => newId());
    // The users are a second apart and in the past, so the first page is always the same and has no later users.
    await client.query(
      `insert into users (id, email, name, role, status, created_at, updated_at)
       select id, 'person-' || n || '@example.com', 'Person ' || n, 'member', 'active', at, at
       from unnest($1::uuid[]) with ordinality as given (id, n),
            lateral (select now() - interval '30 days' + n * interval '1 second') as instant (at)`,
      [userIds],
    );
    await client.query('vacuum analyze users');
    return { url, userIds };
  });
}
