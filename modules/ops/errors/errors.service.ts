import { Injectable } from '@nestjs/common';
import { and, desc, eq, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import type { ErrorGroup, ErrorGroupQuery } from './errors.contract.js';
import { opsErrors } from './errors.schema.js';

/** Shows the failures of all processes by their cause. */
@Injectable()
export class ErrorsService {
  constructor(private readonly db: Database) {}

  /** Returns the causes that were met last. */
  list({ source, name, limit }: ErrorGroupQuery): Promise<ErrorGroup[]> {
    return this.db.conn
      .select({
        fingerprint: opsErrors.fingerprint,
        source: opsErrors.source,
        name: opsErrors.name,
        code: opsErrors.code,
        frames: opsErrors.frames,
        count: opsErrors.count,
        users: sql<number>`cardinality(${opsErrors.users})`,
        first_seen_at: opsErrors.firstSeenAt,
        last_seen_at: opsErrors.lastSeenAt,
        first_version: opsErrors.firstVersion,
        last_version: opsErrors.lastVersion,
        last_request_id: opsErrors.lastRequestId,
        last_trace_id: opsErrors.lastTraceId,
      })
      .from(opsErrors)
      .where(
        and(
          source === undefined ? undefined : eq(opsErrors.source, source),
          name === undefined ? undefined : eq(opsErrors.name, name),
        ),
      )
      .orderBy(desc(opsErrors.lastSeenAt), opsErrors.fingerprint)
      .limit(limit);
  }
}
