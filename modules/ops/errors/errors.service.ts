import { Injectable } from '@nestjs/common';
import { and, desc, eq, sql } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { traceUrlOf } from '#libs/observability';
import type { ErrorGroup, ErrorGroupQuery } from './errors.contract.js';
import { opsErrors } from './errors.schema.js';

/** Shows the failures of all processes by their cause. */
@Injectable()
export class ErrorsService {
  constructor(
    private readonly db: Database,
    private readonly config: Config,
  ) {}

  /** Returns the causes that were met last. */
  async list({ source, name, limit }: ErrorGroupQuery): Promise<ErrorGroup[]> {
    const groups = await this.db.conn
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
    return groups.map((group) => ({
      ...group,
      last_trace_url: traceUrlOf(group.last_trace_id, this.config.TRACE_URL),
    }));
  }
}
