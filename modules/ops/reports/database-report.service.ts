import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { AnswerCache } from '../answer-cache.js';
import { MachinesService } from './machines.service.js';

/** Milliseconds for which the answers of the server are given again. */
const keptMs = 5000;

interface Server extends Record<string, unknown> {
  version: string;
  connections: number;
  max_connections: number;
  size_bytes: number;
  waiting_for_locks: number;
  oldest_transaction_seconds: number | null;
}

interface Table extends Record<string, unknown> {
  name: string;
  rows: number;
  dead_rows: number;
  size_bytes: number;
  vacuumed_at: string | null;
}

interface Statement extends Record<string, unknown> {
  pid: number;
  application: string;
  state: string;
  seconds: number;
  waits_for: string | null;
}

/** Shows the database: pools, statements, locks, tables. Everything comes from the statistics of the server; no table is read. */
@Injectable()
export class DatabaseReportService {
  readonly #answers = new AnswerCache<Awaited<ReturnType<DatabaseReportService['ask']>>>();

  constructor(
    private readonly db: Database,
    private readonly machines: MachinesService,
  ) {}

  async get() {
    const answer = this.#answers.get('', keptMs, () => this.ask());
    return { ...(await this.machines.describePools()), ...(await answer) };
  }

  private async ask() {
    const { rows: servers } = await this.db.conn.execute<Server>(sql`
      select current_setting('server_version') as version, count(*)::int as connections,
        current_setting('max_connections')::int as max_connections,
        pg_database_size(current_database())::float8 as size_bytes,
        (count(*) filter (where wait_event_type = 'Lock'))::int as waiting_for_locks,
        extract(epoch from clock_timestamp() - min(xact_start) filter (where pid <> pg_backend_pid()))::float8 as oldest_transaction_seconds
      from pg_stat_activity where datname = current_database()`);
    const { rows: tables } = await this.db.conn.execute<Table>(sql`
      select relname as name, n_live_tup::float8 as rows, n_dead_tup::float8 as dead_rows,
        pg_total_relation_size(relid)::float8 as size_bytes, greatest(last_vacuum, last_autovacuum) as vacuumed_at
      from pg_stat_user_tables where schemaname = 'public'
      order by pg_total_relation_size(relid) desc, relname limit 30`);
    const { rows: statements } = await this.db.conn.execute<Statement>(sql`
      select pid, application_name as application, coalesce(state, '') as state,
        extract(epoch from clock_timestamp() - query_start)::float8 as seconds, wait_event_type as waits_for
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'
        and query_start < clock_timestamp() - interval '1 second'
      order by query_start limit 20`);
    const { rows: migrations } = await this.db.conn.execute<{ applied: number; last: string | null }>(sql`
      select count(*)::int as applied, max(name) as last from schema_migrations`);
    return {
      server: servers[0]!,
      tables: tables.map((table) => ({ ...table, vacuumed_at: dateOf(table.vacuumed_at) })),
      slow_statements: statements,
      migrations: migrations[0]!,
    };
  }
}

const dateOf = (text: string | null) => (text === null ? null : new Date(text));
