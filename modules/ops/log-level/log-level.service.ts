import { Injectable } from '@nestjs/common';
import { and, gt, sql } from 'drizzle-orm';
import { getPrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { type ExpectedVersions, InputInvalid, isExpected, VersionStale } from '#libs/http';
import { InstancesService } from '../reports/instances.service.js';
import { type LogLevelChange, type OpsLogLevel, groups } from './log-level.contract.js';
import { opsLogLevel } from './log-level.schema.js';

/** The id of the only row. */
const id = 1;

const isInForce = gt(opsLogLevel.until, sql`now()`);
const next = { changedAt: sql`now()`, version: sql`${opsLogLevel.version} + 1` };

/** Gives the log of running processes another level for a time. It writes a row; the processes follow within three seconds. */
@Injectable()
export class LogLevelService {
  constructor(
    private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly instances: InstancesService,
  ) {}

  /** Returns the change in force. One that is over is none, but its version counts. */
  async get(): Promise<OpsLogLevel> {
    const [row] = await this.db.conn
      .select({
        level: opsLogLevel.level,
        target: opsLogLevel.target,
        until: opsLogLevel.until,
        reason: opsLogLevel.reason,
        changed_by: opsLogLevel.changedBy,
        changed_at: opsLogLevel.changedAt,
        version: opsLogLevel.version,
        isInForce: sql<boolean>`coalesce(${isInForce}, false)`,
      })
      .from(opsLogLevel);
    const { isInForce: counts = false, version = 0, ...change } = row ?? {};
    return { ...none, ...(counts && change), version } as OpsLogLevel;
  }

  /** Replaces the change in force. Throws {@link VersionStale}, or {@link InputInvalid} for a process that does not run. */
  async change(
    { level, target, minutes, reason }: LogLevelChange,
    expected: ExpectedVersions,
  ): Promise<OpsLogLevel> {
    await this.#assertRuns(target);
    const until = sql`now() + make_interval(mins => ${minutes})`;
    return this.db.transaction(async () => {
      await this.db.tx.insert(opsLogLevel).values({ id }).onConflictDoNothing();
      const { rowCount } = await this.db.tx
        .update(opsLogLevel)
        .set({ ...next, level, target, until, reason, changedBy: getPrincipal().id })
        .where(isExpected(opsLogLevel.version, expected));
      if (rowCount === 0) throw new VersionStale();
      const meta = { level, minutes };
      this.audit.record({ action: 'log-level.change', target: `log-level:${target}`, reason, meta });
      return this.get();
    });
  }

  /** Ends the change in force; without one it does nothing. Throws {@link VersionStale}. */
  async end(expected: ExpectedVersions): Promise<void> {
    await this.db.transaction(async () => {
      const [ended] = await this.db.tx
        .update(opsLogLevel)
        .set({ ...next, until: sql`now()` })
        .where(and(isInForce, isExpected(opsLogLevel.version, expected)))
        .returning({ target: opsLogLevel.target });
      if (ended) this.audit.record({ action: 'log-level.end', target: `log-level:${ended.target}` });
      else if ((await this.get()).level) throw new VersionStale();
    });
  }

  async #assertRuns(target: string): Promise<void> {
    if (groups.some((name) => name === target)) return;
    const running = await this.instances.list();
    if (running.some((process) => process.id === target && ['up', 'stale'].includes(process.state))) return;
    const fault = { pointer: '#/target', code: 'unknown', detail: 'No process with this id runs.' };
    throw new InputInvalid(undefined, { errors: [fault] });
  }
}

const none = { level: null, target: null, until: null, reason: null, changed_by: null, changed_at: null };
