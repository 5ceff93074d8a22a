import { Injectable } from '@nestjs/common';
import { desc, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { opsInstances } from '../samples/samples.schema.js';
import type { OpsDeploy } from './deploys.contract.js';
import type { OpsInstance } from './reports.contract.js';

/** Seconds without a sign of life, which comes every ten. */
const staleAfter = 15;
const goneAfter = 60;

const states: OpsInstance['state'][] = ['up', 'stale', 'gone', 'stopped'];

/** Instances of one answer. */
const maxInstances = 100;

/** Deploys of one answer. */
const maxDeploys = 50;

/** Shows the processes, by the signs of life that they write. */
@Injectable()
export class InstancesService {
  constructor(private readonly db: Database) {}

  /** Returns those that were seen in the last hour: first those that are up, each kind by its place, so that rows stay where they are. */
  async list(): Promise<OpsInstance[]> {
    const silence = sql<number>`extract(epoch from now() - ${opsInstances.lastSeenAt})::float8`;
    const rows = await this.db.conn
      .select({
        id: opsInstances.id,
        app: opsInstances.app,
        version: opsInstances.version,
        host: opsInstances.host,
        pid: opsInstances.pid,
        log_level: opsInstances.logLevel,
        started_at: opsInstances.startedAt,
        last_seen_at: opsInstances.lastSeenAt,
        stoppedAt: opsInstances.stoppedAt,
        silence,
      })
      .from(opsInstances)
      .where(sql`${opsInstances.lastSeenAt} > now() - interval '1 hour'`)
      .orderBy(desc(opsInstances.lastSeenAt))
      .limit(maxInstances);
    const instances = rows.map(({ stoppedAt, silence: seconds, ...row }): OpsInstance => ({
      ...row,
      state: stoppedAt ? 'stopped' : seconds > goneAfter ? 'gone' : seconds > staleAfter ? 'stale' : 'up',
    }));
    const placeOf = ({ state, app, host, pid, id }: OpsInstance) =>
      [states.indexOf(state), app, host, pid, id].join(' ');
    return instances.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  }

  /**
   * Returns the deploys of the last seven days, for which rows of processes are kept, the latest first. A deploy is the start of a
   * process in another release or build than that of the process before it; the first one that is known follows nobody knows what.
   */
  async listDeploys(): Promise<OpsDeploy[]> {
    const { rows } = await this.db.conn.execute<{ at: string; version: string; previous: string }>(sql`
      select started_at as at, version, previous from (
        select started_at, version, lag(version) over (order by started_at, id) as previous from ${opsInstances}
      ) as started
      where previous <> version and started_at > now() - interval '7 days'
      order by started_at desc limit ${maxDeploys}`);
    return rows.map(({ at, version, previous }) => ({
      at: new Date(at),
      version,
      previous_version: previous,
    }));
  }
}
