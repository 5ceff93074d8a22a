import { Injectable } from '@nestjs/common';
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { statesBefore } from '../operations/operation-states.js';
import { operations } from '../queue.schema.js';

/** The change that clients make to an operation. The caller decides who may. */
@Injectable()
export class OperationAdmin {
  constructor(private readonly db: Database) {}

  /**
   * Cancels a waiting operation at once, and asks the worker of a running one to stop, which it does within two seconds. Returns the name of its
   * job, or nothing when there is no unfinished operation for which the condition holds.
   */
  async cancel(id: string, condition: SQL | undefined): Promise<string | undefined> {
    const ifQueued = <T>(value: T, otherwise: T) =>
      sql`case when ${operations.state} = 'queued' then ${value} else ${otherwise} end`;
    const [cancelled] = await this.db.conn
      .update(operations)
      .set({
        cancelRequestedAt: sql`coalesce(${operations.cancelRequestedAt}, now())`,
        state: ifQueued(sql`'cancelled'`, sql`${operations.state}`),
        finishedAt: ifQueued(sql`now()`, sql`${operations.finishedAt}`),
        updatedAt: sql`now()`,
      })
      .where(and(eq(operations.id, id), inArray(operations.state, statesBefore('cancelled')), condition))
      .returning({ name: operations.name });
    return cancelled?.name;
  }
}
