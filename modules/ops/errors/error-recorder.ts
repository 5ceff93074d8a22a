import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { returnFailures, takeFailures, version } from '#libs/observability';
import { opsErrors } from './errors.schema.js';

/** Users that a row keeps. */
const maxUsers = 100;

/** Writes the failures of this process into the groups of all processes. */
@Injectable()
export class ErrorRecorder {
  constructor(private readonly db: Database) {}

  /** Rejects when the database cannot take them; they are written with the next ones then. */
  async flush(): Promise<void> {
    const groups = takeFailures();
    if (groups.length === 0) return;
    const release = version();
    // In one order, so that two processes never wait for each other.
    const rows = groups
      .toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
      .map(({ fingerprint, source, name, code, frames, count, users, lastRequestId, lastTraceId }) => ({
        fingerprint,
        source,
        name,
        code,
        frames,
        count,
        users: [...users],
        firstVersion: release,
        lastVersion: release,
        lastRequestId: lastRequestId ?? null,
        lastTraceId: lastTraceId ?? null,
      }));
    try {
      await this.db.conn
        .insert(opsErrors)
        .values(rows)
        .onConflictDoUpdate({
          target: opsErrors.fingerprint,
          set: {
            count: sql`${opsErrors.count} + excluded.count`,
            users: sql`(select coalesce(array_agg(id), '{}') from (
              select distinct id from unnest(${opsErrors.users} || excluded.users) as id limit ${maxUsers}) as known)`,
            lastSeenAt: sql`now()`,
            lastVersion: sql`excluded.last_version`,
            lastRequestId: sql`coalesce(excluded.last_request_id, ${opsErrors.lastRequestId})`,
            lastTraceId: sql`coalesce(excluded.last_trace_id, ${opsErrors.lastTraceId})`,
          },
        });
    } catch (error) {
      returnFailures(groups);
      throw error;
    }
  }
}
