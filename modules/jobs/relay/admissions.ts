import { Inject, Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Database, Retention, statement } from '#libs/database';
import { declaredJobs, findJob } from '../jobs.definition.js';
import { inbox, outbox } from '../jobs.schema.js';
import { admissions } from '../queues.schema.js';
import type { Message } from '../running/message.js';
import { WakeUp } from '../wake-up.js';

/** Any number, the same in every worker ("admi" in ASCII): two relays that count at once would both find the last place free. */
const lockKey = 0x61646d69;

/**
 * Keeps `maxRunningPerOwner`: a limited job waits in the outbox until its owner has a place free, and holds the
 * place from being handed over until it is done or given up. Whatever the queue does in between, redeliveries and
 * workers that die included, no more of an owner's jobs are out than there are places.
 */
@Injectable()
export class Admissions {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly wakeUp: WakeUp,
    retention: Retention,
  ) {
    // Nothing leaves one behind; should it happen nevertheless, the owner gets the place back within a minute.
    const isDone = sql`exists (select 1 from ${inbox}
      where ${inbox.consumer} = ${admissions.name} and ${inbox.messageId} = ${admissions.messageId})`;
    retention.forget(admissions, admissions.messageId, isDone);
  }

  /** Gives free places to the jobs that have waited longest. Leaves it to another relay that is at it. */
  async admit(db: Database): Promise<void> {
    const opening = statement`select pg_try_advisory_xact_lock(${lockKey}) as mine`;
    await db.transaction(
      async ([row]) => {
        if (row?.mine) await db.tx.execute(admission());
      },
      { opening },
    );
  }

  /** Gives the place back, if the message holds one. */
  async release({ id, name }: Pick<Message, 'id' | 'name'>): Promise<void> {
    if (!Number.isFinite(findJob(name)?.maxRunningPerOwner ?? Infinity)) return;
    await this.db.conn.delete(admissions).where(eq(admissions.messageId, id));
    this.wakeUp.request();
  }
}

/**
 * Walks from owner to owner by the index and takes of each as many as fit: the cost follows the owners that wait,
 * not the jobs. A job whose limit is gone in this release has no bound (LIMIT NULL); one that only another release
 * knows is left to that.
 */
function admission() {
  const limits = declaredJobs().map(({ name, maxRunningPerOwner: limit }) => ({
    name,
    limit: Number.isFinite(limit) ? limit : null,
  }));
  return sql`
    with recursive owners as (
      (select name, waits_for_owner as owner from ${outbox} where waits_for_owner is not null order by 1, 2 limit 1)
      union all
      select next.name, next.owner from owners cross join lateral (
        select name, waits_for_owner as owner from ${outbox}
        where waits_for_owner is not null and (name, waits_for_owner) > (owners.name, owners.owner)
        order by 1, 2 limit 1) next
    ), admitted as materialized (
      select due.id, owners.name, owners.owner
      from owners
      join jsonb_to_recordset(${JSON.stringify(limits)}::jsonb) as limits (name text, "limit" int) using (name)
      cross join lateral (
        select count(*) as taken from ${admissions} where name = owners.name and owner_id = owners.owner) held
      cross join lateral (
        select id from ${outbox}
        where name = owners.name and waits_for_owner = owners.owner and available_at <= now()
        order by available_at, id
        limit case when limits."limit" is not null then greatest(limits."limit" - held.taken, 0) end) due
    ), recorded as (
      insert into ${admissions} (message_id, name, owner_id) select id, name, owner from admitted
      on conflict do nothing
    )
    update ${outbox} set waits_for_owner = null where id in (select id from admitted)`;
}
