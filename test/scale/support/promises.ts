import type pg from 'pg';

export interface Promised {
  name?: string;
  partitionKey?: string | null;
  /** Until they are due. */
  seconds?: number;
}

/** Commits the promise of so many sample jobs, as JobsService does; the id of one of them. Ids tell when they were made. */
export async function promise(
  pool: pg.Pool,
  count: number,
  { name = 'sample.idle', partitionKey = null, seconds = 0 }: Promised = {},
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with promised as (
       insert into outbox (id, queue, name, version, payload, headers, partition_key, available_at)
       select uuidv7(), 'default', $2, 1, '{"label":"one"}', jsonb_build_object('enqueued_at', now()), $3,
              now() + make_interval(secs => $4)
       from generate_series(1, $1::int) returning id)
     select id from promised limit 1`,
    [count, name, partitionKey, seconds],
  );
  await pool.query('notify outbox');
  return rows[0]!.id;
}
