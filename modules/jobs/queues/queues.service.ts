import { Inject, Injectable } from '@nestjs/common';
import { and, count, eq, sql } from 'drizzle-orm';
import { getPrincipal } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import { type ExpectedVersions, isExpected, VersionStale } from '#libs/http';
import { deadLetters, declaredQueues, outbox, queueControls, queueCounts, OutboxNotifier } from '#libs/queue';
import {
  type QueueControl,
  type QueueLimitChange,
  QueueNotFound,
  type QueueStateChange,
  type QueueSummary,
} from './queues.contract.js';

/** Milliseconds that counts are served again: counting reads every row, and a console asks every second. */
const countsKept = 5000;

const control = {
  name: queueControls.name,
  state: queueControls.state,
  max_running: queueControls.maxRunning,
  reason: queueControls.reason,
  changed_by: queueControls.changedBy,
  changed_at: queueControls.changedAt,
  version: queueControls.version,
};

type Counted = Pick<QueueSummary, 'counts' | 'oldest_waiting_seconds' | 'outbox'>;

/** The queues as operators see and steer them. Reads and writes rows; the workers follow within two seconds. */
@Injectable()
export class QueuesService {
  #counted: { until: number; byQueue: Promise<Map<string, Counted>> } | undefined;

  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly audit: AuditLog,
    private readonly wakeUp: OutboxNotifier,
  ) {}

  /** Every queue that a job declares. State and limit are as they are now, counts up to ten seconds old. */
  async list(): Promise<QueueSummary[]> {
    const [controls, counted] = await Promise.all([
      this.db.conn.select(control).from(queueControls),
      this.#counts(),
    ]);
    return declaredQueues().map((name) => {
      const { state, max_running, version } = controls.find((row) => row.name === name) ?? untouched(name);
      return { name, state, max_running, version, ...counted.get(name)! };
    });
  }

  /** Throws {@link QueueNotFound}. */
  async getControl(name: string): Promise<QueueControl> {
    assertDeclared(name);
    const [row] = await this.db.conn.select(control).from(queueControls).where(eq(queueControls.name, name));
    return row ?? untouched(name);
  }

  /** Throws {@link QueueNotFound} or {@link VersionStale}. */
  changeState(name: string, { state, reason }: QueueStateChange, expected: ExpectedVersions) {
    const action = state === 'paused' ? 'queues.pause' : 'queues.resume';
    return this.#change(name, expected, { state, reason }, { action });
  }

  /** Throws {@link QueueNotFound} or {@link VersionStale}. */
  changeLimit(name: string, { max_running, reason }: QueueLimitChange, expected: ExpectedVersions) {
    const values = { maxRunning: max_running, reason };
    return this.#change(name, expected, values, { action: 'queues.limit', meta: { max_running } });
  }

  async #change(
    name: string,
    expected: ExpectedVersions,
    values: { reason: string; state?: QueueControl['state']; maxRunning?: number | null },
    event: { action: string; meta?: Record<string, unknown> },
  ): Promise<QueueControl> {
    assertDeclared(name);
    return this.db.transaction(async () => {
      await this.db.tx.insert(queueControls).values({ name }).onConflictDoNothing();
      const [changed] = await this.db.tx
        .update(queueControls)
        .set({
          ...values,
          changedBy: getPrincipal().id,
          changedAt: sql`now()`,
          version: sql`${queueControls.version} + 1`,
        })
        .where(and(eq(queueControls.name, name), isExpected(queueControls.version, expected)))
        .returning(control);
      if (!changed) throw new VersionStale();
      this.audit.record({ ...event, target: `queue:${name}`, reason: values.reason });
      // What waited in the outbox goes on at once after a resumption.
      this.db.afterCommit(() => this.wakeUp.request());
      return changed;
    });
  }

  /** Callers of the same moment share one count. One that failed is not served again. */
  #counts(): Promise<Map<string, Counted>> {
    if (this.#counted && performance.now() < this.#counted.until) return this.#counted.byQueue;
    const byQueue = this.#count();
    this.#counted = { until: performance.now() + countsKept, byQueue };
    byQueue.catch(() => (this.#counted = undefined));
    return byQueue;
  }

  async #count(): Promise<Map<string, Counted>> {
    const age = (instant: unknown) => sql<number | null>`extract(epoch from now() - ${instant})::float8`;
    const [measured, promised, dead] = await Promise.all([
      this.db.conn
        .select({
          name: queueCounts.name,
          waiting: queueCounts.waiting,
          active: queueCounts.active,
          delayed: queueCounts.delayed,
          measured_at: queueCounts.measuredAt,
          oldest: age(queueCounts.oldestWaitingAt),
        })
        .from(queueCounts),
      this.db.conn
        .select({ name: outbox.queue, backlog: count(), oldest: age(sql`min(${outbox.availableAt})`) })
        .from(outbox)
        .where(sql`${outbox.availableAt} <= now()`)
        .groupBy(outbox.queue),
      this.db.conn
        .select({ name: deadLetters.queue, dead: count() })
        .from(deadLetters)
        .groupBy(deadLetters.queue),
    ]);
    const of = <Row extends { name: string }>(rows: Row[], name: string) =>
      rows.find((row) => row.name === name);
    return new Map(
      declaredQueues().map((name) => {
        const {
          waiting = 0,
          active = 0,
          delayed = 0,
          measured_at = null,
          oldest = null,
        } = of(measured, name) ?? {};
        const waitingInOutbox = of(promised, name);
        const counts = { waiting, active, delayed, dead: of(dead, name)?.dead ?? 0, measured_at };
        const unsent = {
          backlog: waitingInOutbox?.backlog ?? 0,
          oldest_seconds: notNegative(waitingInOutbox?.oldest),
        };
        return [name, { counts, oldest_waiting_seconds: notNegative(oldest), outbox: unsent }];
      }),
    );
  }
}

function assertDeclared(name: string): void {
  if (!declaredQueues().includes(name)) throw new QueueNotFound();
}

function untouched(name: string): QueueControl {
  return {
    name,
    state: 'running',
    max_running: null,
    reason: null,
    changed_by: null,
    changed_at: null,
    version: 0,
  };
}

/** The clock of the process that promised may be a little ahead of the database's. */
function notNegative(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.max(0, seconds);
}
