import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { AnswerCache } from '../answer-cache.js';
import type { Point } from './sample.js';
import { opsSamples } from './samples.schema.js';

/**
 * How far back a report looks, from which rows, and in how many steps a chart shows it. A row of a busy process has 35 KB: no answer
 * is made of more than some hundred rows of each process.
 */
export const periods = {
  '15m': { seconds: 900, resolution: '10s', stepSeconds: 15 },
  '1h': { seconds: 3600, resolution: '1m', stepSeconds: 60 },
  '6h': { seconds: 21_600, resolution: '1m', stepSeconds: 300 },
  '24h': { seconds: 86_400, resolution: '1h', stepSeconds: 3600 },
  '7d': { seconds: 604_800, resolution: '1h', stepSeconds: 7200 },
  '30d': { seconds: 2_592_000, resolution: '1h', stepSeconds: 28_800 },
} as const;
export type Period = keyof typeof periods;

/** Some points of one process at one time. */
export interface ReadSample {
  at: Date;
  instanceId: string;
  app: 'api' | 'worker';
  points: Record<string, Point[]>;
}

export interface SampleQuery {
  metrics: readonly string[];
  seconds: number;
  resolution: (typeof periods)[Period]['resolution'];
  instance?: string | undefined;
}

/** Milliseconds for which an answer is given again, by the rows that it was made of. */
export const keptMs = { '10s': 5000, '1m': 10_000, '1h': 60_000 };

/** Reads the samples of all processes. */
@Injectable()
export class SampleReader {
  readonly #answers = new AnswerCache<ReadSample[]>();

  constructor(private readonly db: Database) {}

  /** Returns these metrics of the last seconds, the oldest first. Times that are merged come from few rows, the last ones from the rest. */
  read(query: SampleQuery): Promise<ReadSample[]> {
    return this.#answers.get(JSON.stringify(query), keptMs[query.resolution], () => this.#query(query));
  }

  async #query({ metrics, seconds, resolution, instance }: SampleQuery): Promise<ReadSample[]> {
    const from = sql`now() - make_interval(secs => ${seconds})`;
    const parts: SQL[] = [];
    if (resolution === '1h') parts.push(this.#part('1h', from, metrics, instance));
    const minutes = resolution === '1h' ? sql`greatest(${from}, ${endOf('1h', '1 hour')})` : from;
    if (resolution !== '10s') parts.push(this.#part('1m', minutes, metrics, instance));
    const seconds10 = resolution === '10s' ? from : sql`greatest(${minutes}, ${endOf('1m', '1 minute')})`;
    parts.push(this.#part('10s', seconds10, metrics, instance));
    const { rows } = await this.db.conn.execute<
      { at: string; instance_id: string; app: 'api' | 'worker' } & Record<`m${number}`, Point[] | null>
    >(sql`select * from (${sql.join(parts, sql` union all `)}) as samples order by at`);
    return rows.map((row) => ({
      at: new Date(row.at),
      instanceId: row.instance_id,
      app: row.app,
      points: Object.fromEntries(metrics.map((name, index) => [name, row[`m${index}`] ?? []])),
    }));
  }

  #part(resolution: string, from: SQL, metrics: readonly string[], instance: string | undefined): SQL {
    const columns = metrics.map((name, index) => sql`metrics->${name} as ${sql.identifier(`m${index}`)}`);
    return sql`select at, instance_id, app, ${sql.join(columns, sql`, `)} from ${opsSamples}
      where resolution = ${resolution} and at >= ${from}
      ${instance === undefined ? sql`` : sql`and instance_id = ${instance}`}`;
  }
}

/** SQL: until when the rows of this resolution reach. */
function endOf(resolution: '1m' | '1h', length: '1 minute' | '1 hour'): SQL {
  return sql`coalesce((select max(at) + ${sql.raw(`interval '${length}'`)} from ${opsSamples} where resolution = ${resolution}), '-infinity')`;
}
