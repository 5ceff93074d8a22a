import pg from 'pg';
import { signedInCookie } from './administrator.js';
import type { Seeded } from './database.js';
import { type DelayProxy, delayProxy } from './delay-proxy.js';
import { startMainstay, startBaseline } from './processes.js';
import { type Scenario, scenarios } from './scenarios.js';
import type { Server } from './server.js';
import { median } from './statistics.js';

interface Creates {
  /** Milliseconds. */
  p50: number;
  /** Round trips to the database for each request. */
  roundTrips: number;
}

export interface RoundTrip {
  /** Measured milliseconds of one round trip to the database. */
  roundTrip: number;
  /** The creates of Mainstay, with a key and an outbox row. */
  mainstay: Creates;
  /** The creates of the baseline, in a transaction of three statements: BEGIN, INSERT, COMMIT. */
  baseline: Creates;
  /** Milliseconds by which Mainstay takes longer. */
  extra: number;
}

/** Milliseconds in one direction; a round trip takes 10. */
const oneWay = 5;

/** Requests that are not counted, because they open connections and prepare statements. */
const warmUp = 30;

/**
 * Measures what Mainstay adds to a create when each statement costs a round trip of 10 ms. It sends one request at a time,
 * alternately to both servers, so that only the waiting counts.
 */
export function roundTrip(seeded: Seeded, samples: number, signal: AbortSignal): Promise<RoundTrip> {
  const inTransaction = (url: string) => startBaseline(url, { createsInTransaction: true });
  return withSide(
    seeded,
    (url) => startMainstay(url),
    (ours) =>
      withSide(seeded, inTransaction, async (theirs) => {
        const { create } = scenarios(seeded, await signedInCookie(seeded.url, ours.server));
        await byTurns(warmUp, [ours, theirs], create, signal);
        for (const side of [ours, theirs]) side.forget();
        await byTurns(samples, [ours, theirs], create, signal);
        const [mainstay, baseline] = [ours.result(), theirs.result()];
        return {
          roundTrip: await measured(ours.proxy.url),
          mainstay,
          baseline,
          extra: mainstay.p50 - baseline.p50,
        };
      }),
  );
}

async function byTurns(times: number, sides: Side[], scenario: Scenario, signal: AbortSignal): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    signal.throwIfAborted();
    for (const side of sides) await side.send(scenario);
  }
}

/** A server with its own proxy to the database. */
class Side {
  #times: number[] = [];
  #sentBefore = 0;

  constructor(
    readonly proxy: DelayProxy,
    readonly server: Server,
  ) {}

  async send(scenario: Scenario): Promise<void> {
    const { path, ...request } = scenario.request();
    const began = performance.now();
    const response = await fetch(this.server.url + path, request);
    await response.arrayBuffer();
    this.#times.push(performance.now() - began);
    if (!response.ok)
      throw new Error(`${scenario.name} on the ${this.server.name}: status ${response.status}.`);
  }

  forget(): void {
    this.#times = [];
    this.#sentBefore = this.proxy.sent();
  }

  result(): Creates {
    const roundTrips = (this.proxy.sent() - this.#sentBefore) / this.#times.length;
    return { p50: median(this.#times), roundTrips };
  }
}

async function withSide<T>(
  seeded: Seeded,
  start: (databaseUrl: string) => Promise<Server>,
  work: (side: Side) => Promise<T>,
): Promise<T> {
  const proxy = await delayProxy(seeded.url, oneWay);
  try {
    const server = await start(proxy.url);
    try {
      return await work(new Side(proxy, server));
    } finally {
      await server.stop();
    }
  } finally {
    proxy.close();
  }
}

async function measured(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const times: number[] = [];
    for (let count = 0; count < 20; count += 1) {
      const began = performance.now();
      await client.query('select 1');
      times.push(performance.now() - began);
    }
    return median(times);
  } finally {
    await client.end();
  }
}
