import { Injectable } from '@nestjs/common';
import { count, eq, sql } from 'drizzle-orm';
import { getPrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { type ExpectedVersions, isExpected, VersionStale } from '#libs/http';
import {
  deadLetters,
  declaredQueues,
  QueueAdmin,
  type QueueControlRow,
  queueControls,
  queueCounts,
} from '#libs/queue';
import {
  type QueueControl,
  type QueueLimitChange,
  QueueNotFound,
  type QueueStateChange,
  type QueueSummary,
} from './queues.contract.js';

/** Milliseconds for which counts are served again: counting reads every row, and a console asks every second. */
const countsKept = 5000;

type Counted = Pick<QueueSummary, 'counts' | 'oldest_waiting_seconds' | 'outbox'>;

/** Shows operators the queues, and pauses and limits them. Reads and writes rows; the workers follow within two seconds. */
@Injectable()
export class QueuesService {
  #counted: { until: number; byQueue: Promise<Map<string, Counted>> } | undefined;

  constructor(
    private readonly db: Database,
    private readonly admin: QueueAdmin,
    private readonly audit: AuditLog,
  ) {}

  /** Every queue that a job declares. State and limit are as they are now, counts up to ten seconds old. */
  async list(): Promise<QueueSummary[]> {
    const [rows, counted] = await Promise.all([this.db.conn.select().from(queueControls), this.#counts()]);
    return declaredQueues().map((name) => {
      const { state, max_running, version } = controlOf(
        name,
        rows.find((row) => row.name === name),
      );
      return { name, state, max_running, version, ...counted.get(name)! };
    });
  }

  /** Throws {@link QueueNotFound}. */
  async getControl(name: string): Promise<QueueControl> {
    assertDeclared(name);
    const [row] = await this.db.conn.select().from(queueControls).where(eq(queueControls.name, name));
    return controlOf(name, row);
  }

  /** Throws {@link QueueNotFound} or {@link VersionStale}. */
  changeState(name: string, { state, reason }: QueueStateChange, expected: ExpectedVersions) {
    const action = state === 'paused' ? 'queues.pause' : 'queues.resume';
    return this.#change(name, expected, { state, reason }, { action });
  }

  /** Throws {@link QueueNotFound} or {@link VersionStale}. */
  changeLimit(name: string, { max_running, reason }: QueueLimitChange, expected: ExpectedVersions) {
    const change = { maxRunning: max_running, reason };
    return this.#change(name, expected, change, { action: 'queues.limit', meta: { max_running } });
  }

  async #change(
    name: string,
    expected: ExpectedVersions,
    change: { reason: string; state?: QueueControl['state']; maxRunning?: number | null },
    event: { action: string; meta?: Record<string, unknown> },
  ): Promise<QueueControl> {
    assertDeclared(name);
    return this.db.transaction(async () => {
      const isUnchanged = isExpected(queueControls.version, expected);
      const row = await this.admin.change(name, { ...change, changedBy: getPrincipal().id }, isUnchanged);
      if (!row) throw new VersionStale();
      this.audit.record({ ...event, target: `queue:${name}`, reason: change.reason });
      return controlOf(name, row);
    });
  }

  /** Callers of the same moment share one count. A count that failed is not served again. */
  #counts(): Promise<Map<string, Counted>> {
    if (this.#counted && performance.now() < this.#counted.until) return this.#counted.byQueue;
    const byQueue = this.#count();
    this.#counted = { until: performance.now() + countsKept, byQueue };
    byQueue.catch(() => (this.#counted = undefined));
    return byQueue;
  }

  async #count(): Promise<Map<string, Counted>> {
    const oldest = sql<number | null>`extract(epoch from now() - ${queueCounts.oldestWaitingAt})::float8`;
    const [measured, backlogs, dead] = await Promise.all([
      this.db.conn
        .select({
          queue: queueCounts.name,
          waiting: queueCounts.waiting,
          active: queueCounts.active,
          delayed: queueCounts.delayed,
          measured_at: queueCounts.measuredAt,
          oldest,
        })
        .from(queueCounts),
      this.admin.backlogs(),
      this.db.conn
        .select({ queue: deadLetters.queue, dead: count() })
        .from(deadLetters)
        .groupBy(deadLetters.queue),
    ]);
    return new Map(
      declaredQueues().map((name) => {
        const {
          waiting = 0,
          active = 0,
          delayed = 0,
          measured_at = null,
          oldest = null,
        } = rowOf(measured, name) ?? {};
        const { backlog = 0, oldestSeconds } = rowOf(backlogs, name) ?? {};
        return [
          name,
          {
            counts: { waiting, active, delayed, dead: rowOf(dead, name)?.dead ?? 0, measured_at },
            oldest_waiting_seconds: notNegative(oldest),
            outbox: { backlog, oldest_seconds: notNegative(oldestSeconds) },
          },
        ];
      }),
    );
  }
}

function assertDeclared(name: string): void {
  if (!declaredQueues().includes(name)) throw new QueueNotFound();
}

function rowOf<Row extends { queue: string }>(rows: Row[], queue: string): Row | undefined {
  return rows.find((row) => row.queue === queue);
}

/** Without a row, no operator has changed the queue yet. */
function controlOf(name: string, row: QueueControlRow | undefined): QueueControl {
  return {
    name,
    state: row?.state ?? 'running',
    max_running: row?.maxRunning ?? null,
    reason: row?.reason ?? null,
    changed_by: row?.changedBy ?? null,
    changed_at: row?.changedAt ?? null,
    version: row?.version ?? 0,
  };
}

/** The clock of the process that enqueued may be a little ahead of the database's. */
function notNegative(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.max(0, seconds);
}
