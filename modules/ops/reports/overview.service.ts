import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database } from '#libs/database';
import { type ReadSample, SampleReader } from '../samples/sample-reader.js';
import { cards, type CardDefinition, cardMetrics, runbooks, type State } from './cards.js';
import { InstancesService } from './instances.service.js';
import type { OpsCard, OpsInstance } from './reports.contract.js';

/** Minutes of a sparkline. */
const minutes = 60;

/** Says in one sentence whether all is well, since when, and in figures why. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly db: Database,
    private readonly samples: SampleReader,
    private readonly instances: InstancesService,
  ) {}

  async get() {
    const metrics = cardMetrics;
    const [{ rows }, instances, deploys, hour, lastMinute] = await Promise.all([
      this.db.conn.execute<{ now: string }>(sql`select now() as now`),
      this.instances.list(),
      this.instances.listDeploys(),
      this.samples.read({ metrics, seconds: minutes * 60, resolution: '1m' }),
      this.samples.read({ metrics, seconds: 60, resolution: '10s' }),
    ]);
    const at = new Date(rows[0]!.now);
    const byMinute = Map.groupBy(hour, (sample) => minuteOf(at) - minuteOf(sample.at));
    // The minute that has begun is not over; the last sixty seconds stand for it.
    byMinute.set(0, lastMinute);
    const shown = cards.map((card) => show(card, byMinute));
    const faults = [...shown.flatMap(({ fault }) => fault ?? []), ...absences(instances)];
    const status = worst([...shown.map(({ card }) => card.state), faults.length > 0 ? 'degraded' : 'ok']);
    return {
      status,
      verdict: faults.length === 0 ? 'All is well.' : `${faults.join('; ')}.`,
      since: sinceOf(at, shown),
      at,
      last_deploy: deploys[0] ?? null,
      instances,
      cards: shown.map(({ card }) => card),
    };
  }
}

const minuteOf = (time: Date) => Math.floor(time.getTime() / 60_000);

interface Shown {
  card: OpsCard;
  fault: string | undefined;
  /** The states of the last minutes, the newest first. */
  states: State[];
}

function show(definition: CardDefinition, byMinute: Map<number, ReadSample[]>): Shown {
  const { id, title, unit, metric, valueOf, stateOf, faultOf } = definition;
  const values = Array.from({ length: minutes }, (_, ago) => {
    const samples = byMinute.get(ago);
    return samples && samples.length > 0 ? valueOf(samples) : null;
  });
  const states = values.map((value) => (value === null ? 'ok' : stateOf(value)));
  const [value = null] = values;
  const [state = 'ok'] = states;
  const card = {
    id,
    title,
    unit,
    value,
    state,
    sparkline: values.toReversed(),
    metric,
    runbook: runbooks[id] ?? null,
  };
  return { card, states, fault: state === 'ok' || value === null ? undefined : faultOf(value) };
}

/** Returns the time from which on the status was the present one in every minute; null when that is longer than the hour. */
function sinceOf(at: Date, shown: readonly Shown[]): Date | null {
  const statuses = Array.from({ length: minutes }, (_, ago) =>
    worst(shown.map(({ states }) => states[ago]!)),
  );
  const change = statuses.findIndex((status) => status !== statuses[0]);
  return change === -1 ? null : new Date(at.getTime() - change * 60_000);
}

/** Returns what is wrong with the processes. One that stopped in order is not missed. */
function absences(instances: readonly OpsInstance[]): string[] {
  const stale = instances.filter(({ state }) => state === 'stale').length;
  const missing = (['api', 'worker'] as const).filter(
    (app) => !instances.some((instance) => instance.app === app && instance.state === 'up'),
  );
  return [
    ...missing.map((app) => (app === 'api' ? 'no API process is up' : 'no worker is up: no job is done')),
    ...(stale > 0
      ? [`${stale} ${stale === 1 ? 'process has' : 'processes have'} not been heard of for 15 s`]
      : []),
  ];
}

const order: State[] = ['ok', 'degraded', 'down'];

function worst(states: readonly State[]): State {
  return order[Math.max(...states.map((state) => order.indexOf(state)))] ?? 'ok';
}
