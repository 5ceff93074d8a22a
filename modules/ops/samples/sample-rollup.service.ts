import { Injectable } from '@nestjs/common';
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import { Database, newId } from '#libs/database';
import { mergeSamples, type Sample } from './sample.js';
import { opsSamples } from './samples.schema.js';

/** From which rows those of a longer time are merged. */
const steps = [
  { from: '10s', to: '1m', seconds: 60 },
  { from: '1m', to: '1h', seconds: 3600 },
] as const;

/** Seconds after the end of a minute or hour until its last row is surely there: a statement takes five at most. */
const graceSeconds = 15;

/** Minutes or hours that one round merges at most. The next round goes on. */
const maxPerRound = 120;

/** Merges rows of ten seconds into rows of a minute, and those into rows of an hour. Doing it twice changes nothing. */
@Injectable()
export class SampleRollupService {
  constructor(private readonly db: Database) {}

  async rollUp(signal: AbortSignal): Promise<void> {
    for (const step of steps) {
      for (let round = 0; round < maxPerRound && !signal.aborted; round += 1) {
        if (!(await this.#mergeNext(step))) break;
      }
    }
  }

  /** Merges the first minute or hour that is over and not merged yet. Resolves to whether there was one. */
  async #mergeNext({ from, to, seconds }: (typeof steps)[number]): Promise<boolean> {
    const { rows: found } = await this.db.conn.execute<{ start: number | null }>(sql`
      select floor(extract(epoch from min(at)) / ${seconds}) * ${seconds} as start from ${opsSamples}
      where resolution = ${from} and at >= coalesce(
        (select max(at) + make_interval(secs => ${seconds}) from ${opsSamples} where resolution = ${to}), '-infinity')
      having floor(extract(epoch from min(at)) / ${seconds}) * ${seconds} + ${seconds}
        < extract(epoch from now()) - ${graceSeconds}`);
    const start = found[0]?.start;
    if (start === null || start === undefined) return false;
    const at = new Date(Number(start) * 1000);
    const rows = await this.db.conn
      .select({ instanceId: opsSamples.instanceId, app: opsSamples.app, metrics: opsSamples.metrics })
      .from(opsSamples)
      .where(
        and(
          eq(opsSamples.resolution, from),
          gte(opsSamples.at, at),
          lt(opsSamples.at, new Date(at.getTime() + seconds * 1000)),
        ),
      )
      .orderBy(asc(opsSamples.at));
    const merged = [...Map.groupBy(rows, ({ instanceId }) => instanceId)].map(([instanceId, own]) => ({
      id: newId(),
      resolution: to,
      at,
      instanceId,
      app: own[0]!.app,
      metrics: mergeSamples(own.map(({ metrics }) => metrics as Sample)),
    }));
    await this.db.conn.insert(opsSamples).values(merged).onConflictDoNothing();
    return true;
  }
}
