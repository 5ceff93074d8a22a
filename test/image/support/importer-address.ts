/** A script that prints the address of the worker that imports: the one whose connection has asked for a piece of a file a moment ago. */
export const importerAddress = `
  import { readFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import pg from 'pg';
  const client = new pg.Client({ connectionString: readFileSync(process.env.DATABASE_URL_FILE, 'utf8').trim() });
  await client.connect();
  for (let found; !found; await sleep(20)) {
    const { rows } = await client.query(\`select host(client_addr) as address from pg_stat_activity
      where application_name = 'mainstay-worker' and query like '%"file_chunks"%' and query_start > now() - interval '5 seconds'
      order by query_start desc limit 1\`);
    found = rows[0]?.address;
    if (found) console.log(found);
  }
  await client.end();`;
