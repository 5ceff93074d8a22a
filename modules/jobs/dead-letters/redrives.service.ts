import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { and, count, not, sql } from 'drizzle-orm';
import { AccessDenied, getPrincipal, OwnerPermissions, type Permission } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import {
  DeadLetterAdmin,
  deadLetters,
  type JobOutcome,
  type JobRun,
  JobsService,
  type Redriven,
} from '#libs/queue';
import type { DeadLetterFilter, Redrive, RedriveRequest } from './dead-letters.contract.js';
import { beyond, matching } from './dead-letters.queries.js';
import { redriveDeadLetters, type RedriveOrder } from './redrives.jobs.js';

/** Dead letters that are counted before the answer says "or more": counting a million would take seconds. */
const countedAtMost = 10_000;

/** Dead letters of one transaction at most; slower rates take fewer, so that no second has more than its rate. */
const batchSize = 100;

/** Redrives dead letters: enqueues their jobs again. */
@Injectable()
export class RedrivesService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly admin: DeadLetterAdmin,
    private readonly audit: AuditLog,
    private readonly modules: ModuleRef,
  ) {}

  /**
   * Counts, and unless it is a dry run enqueues the redrive: of the dead letters that are there now, not of those that are added
   * meanwhile. Throws AccessDenied when a job among them takes a permission that the caller does not have.
   */
  request({ filter, dry_run, reason, rate_per_second }: RedriveRequest): Promise<Redrive> {
    const permissions = [...getPrincipal().permissions];
    return this.db.transaction(async () => {
      await this.#assertWithin(filter, permissions);
      const { found, now } = await this.#survey(filter);
      const matched = Math.min(found, countedAtMost);
      const counted = { matched, is_capped: found > countedAtMost };
      if (dry_run) return counted;
      const until = filter.died_before && filter.died_before < now ? filter.died_before : now;
      const order = { filter: { ...filter, died_before: until }, rate_per_second, permissions };
      const { id } = await this.jobs.enqueueOperation(redriveDeadLetters, order);
      this.audit.record({
        action: 'dead-letters.redrive',
        target: `job:${id}`,
        reason,
        meta: { ...counted, ...order },
      });
      return { ...counted, id, state: 'queued' as const };
    });
  }

  /**
   * Step by step: what a step has enqueued is no dead letter any more, so an attempt after an interruption just goes on. Each step
   * acts with the permissions of the request that the requester still has. Throws AccessDenied when those are not enough for a
   * redrive any more.
   */
  async run(run: JobRun<RedriveOrder>): Promise<JobOutcome> {
    const { filter, rate_per_second: rate } = run.data;
    let counts: Redriven = run.checkpoint<Redriven>() ?? { redriven: 0, skipped: 0 };
    const total = sum(counts) + (await this.#survey(filter)).found;
    for (;;) {
      const startedAt = performance.now();
      const before = counts;
      counts = await run.step(
        async () => add(before, await this.#redriveSome(run)),
        (next) => ({ checkpoint: next, done: sum(next), total: Math.max(total, sum(next)) }),
      );
      const taken = sum(counts) - sum(before);
      if (taken === 0) return { result: counts };
      const pauseMs = (taken / rate) * 1000 - (performance.now() - startedAt);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: run.signal });
    }
  }

  async #redriveSome({ data, ownerId }: JobRun<RedriveOrder>): Promise<Redriven> {
    // Looked up here and not injected: this feature uses no other one, and a process without users can still pause its queues.
    const held = await this.modules.get(OwnerPermissions, { strict: false }).of(ownerId);
    if (!held.has('jobs:write'))
      throw new AccessDenied('The user who requested this lost jobs:write meanwhile.');
    const permissions = data.permissions.filter((permission) => held.has(permission));
    // The requester may have lost a permission, and a transaction that was open at the time of the request may have added a dead
    // letter that the request did not see.
    const condition = and(matching(data.filter), not(beyond(permissions)!));
    return this.admin.redrive(condition, Math.min(batchSize, data.rate_per_second));
  }

  /** Redriving a job is doing it: whoever redrives needs what the job takes, whatever its owner may do. */
  async #assertWithin(filter: DeadLetterFilter, held: Permission[]): Promise<void> {
    const refused = await this.db.conn
      .selectDistinct({ name: deadLetters.name })
      .from(deadLetters)
      .where(and(matching(filter), beyond(held)))
      .orderBy(deadLetters.name);
    if (refused.length === 0) return;
    const names = refused.map(({ name }) => name).join(', ');
    throw new AccessDenied(
      `You lack a permission that these jobs take: ${names}. Use a filter without them.`,
    );
  }

  /** `now` by the clock that `died_at` is written with, rounded up to the milliseconds of both. */
  async #survey(filter: DeadLetterFilter): Promise<{ found: number; now: string }> {
    const some = this.db.conn
      .select({ id: deadLetters.id })
      .from(deadLetters)
      .where(matching(filter))
      .limit(countedAtMost + 1)
      .as('some');
    const now = sql<string>`to_char(now() at time zone 'utc' + interval '1 ms', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    const [row] = await this.db.conn.select({ found: count(), now }).from(some);
    return row!;
  }
}

function add(a: Redriven, b: Redriven): Redriven {
  return { redriven: a.redriven + b.redriven, skipped: a.skipped + b.skipped };
}

function sum({ redriven, skipped }: Redriven): number {
  return redriven + skipped;
}
