import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { and, count, not, type SQL, sql } from 'drizzle-orm';
import { AccessDenied, getPrincipal, OwnerPermissions, type Permission } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { Database } from '#libs/database';
import {
  DeadLetterAdmin,
  deadLetters,
  type JobDefinition,
  type JobOutcome,
  type JobRun,
  JobsService,
} from '#libs/queue';
import type { Batch, BatchRequest, DeadLetterFilter } from './dead-letters.contract.js';
import { type BatchOrder, discardDeadLetters, redriveDeadLetters } from './dead-letters.jobs.js';
import { beyond, matching } from './dead-letters.queries.js';

/** Dead letters that are counted before the answer says "or more": counting a million would take seconds. */
const countedAtMost = 10_000;

/** Dead letters of one transaction at most; slower rates take fewer, so that no second has more than its rate. */
const batchSize = 100;

/** What became of the dead letters so far: their sum is how many were taken. */
type Counts = Record<string, number>;

/** Does one step: takes as many as the limit says of those for which the condition holds. */
type Step = (condition: SQL | undefined, limit: number, held: Permission[]) => Promise<Counts>;

/** Redrives or discards all dead letters that match, as a job that shows its progress and can be cancelled. */
@Injectable()
export class BatchesService {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobsService,
    private readonly admin: DeadLetterAdmin,
    private readonly audit: AuditLog,
    private readonly modules: ModuleRef,
  ) {}

  /** As {@link requestDiscard}. Throws AccessDenied when a job among them takes a permission that the caller does not have. */
  requestRedrive(request: BatchRequest): Promise<Batch> {
    return this.db.transaction(async () => {
      await this.#assertWithin(request.filter, [...getPrincipal().permissions]);
      return this.#request(redriveDeadLetters, 'dead-letters.redrive', request);
    });
  }

  /**
   * Counts, and unless it is a dry run enqueues the discard: of the dead letters that are there now, not of those that are added
   * meanwhile.
   */
  requestDiscard(request: BatchRequest): Promise<Batch> {
    return this.db.transaction(() => this.#request(discardDeadLetters, 'dead-letters.discard', request));
  }

  /** Each step acts with the permissions of the request that the requester still has. */
  redrive(run: JobRun<BatchOrder>): Promise<JobOutcome> {
    const step: Step = async (condition, limit, held) => {
      // The requester may have lost a permission, and a transaction that was open at the time of the request may have added a dead
      // letter that the request did not see.
      const { redriven, skipped } = await this.admin.redrive(and(condition, not(beyond(held)!)), limit);
      return { redriven, skipped };
    };
    return this.#run(run, { redriven: 0, skipped: 0 }, step);
  }

  discard(run: JobRun<BatchOrder>): Promise<JobOutcome> {
    const step: Step = async (condition, limit) => ({
      discarded: await this.admin.discardAll(condition, limit),
    });
    return this.#run(run, { discarded: 0 }, step);
  }

  async #request(
    definition: JobDefinition<BatchOrder>,
    action: string,
    { filter, dry_run, reason, rate_per_second }: BatchRequest,
  ): Promise<Batch> {
    const { found, now } = await this.#survey(filter);
    const counted = { matched: Math.min(found, countedAtMost), is_capped: found > countedAtMost };
    if (dry_run) return counted;
    const until = filter.died_before && filter.died_before < now ? filter.died_before : now;
    const permissions = [...getPrincipal().permissions];
    const order = { filter: { ...filter, died_before: until }, rate_per_second, permissions };
    const { id } = await this.jobs.enqueueOperation(definition, order);
    this.audit.record({ action, target: `job:${id}`, reason, meta: { ...counted, ...order } });
    return { ...counted, id, state: 'queued' as const };
  }

  /**
   * Step by step: what a step has taken is no dead letter any more, so an attempt after an interruption just goes on. Throws
   * AccessDenied when the requester may not change dead letters any more.
   */
  async #run(run: JobRun<BatchOrder>, nothing: Counts, step: Step): Promise<JobOutcome> {
    const { filter, rate_per_second: rate } = run.data;
    const limit = Math.min(batchSize, rate);
    let counts = run.checkpoint<Counts>() ?? nothing;
    const total = sum(counts) + (await this.#survey(filter)).found;
    for (;;) {
      const startedAt = performance.now();
      const before = counts;
      counts = await run.step(
        async () => add(before, await step(matching(filter), limit, await this.#heldBy(run))),
        (next) => ({ checkpoint: next, done: sum(next), total: Math.max(total, sum(next)) }),
      );
      const taken = sum(counts) - sum(before);
      if (taken === 0) return { result: counts };
      const pauseMs = (taken / rate) * 1000 - (performance.now() - startedAt);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: run.signal });
    }
  }

  async #heldBy({ data, ownerId }: JobRun<BatchOrder>): Promise<Permission[]> {
    // Looked up here and not injected: this feature uses no other one, and a process without users can still pause its queues.
    const held = await this.modules.get(OwnerPermissions, { strict: false }).of(ownerId);
    if (!held.has('jobs:write'))
      throw new AccessDenied('The user who requested this lost jobs:write meanwhile.');
    return data.permissions.filter((permission) => held.has(permission));
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

const add = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(Object.entries(a).map(([name, value]) => [name, value + (b[name] ?? 0)]));

const sum = (counts: Counts) => Object.values(counts).reduce((total, value) => total + value, 0);
