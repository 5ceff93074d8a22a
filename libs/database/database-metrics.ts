import type pg from 'pg';
import { findContext } from '#libs/context';
import { defineCounter, defineGauge, defineHistogram } from '#libs/metrics';

// The names of OpenTelemetry's semantic conventions for clients of databases.

const pool = 'db.client.connection.pool.name';

/** Seconds, as the conventions advise. */
const secondsBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

const measureStatement = defineHistogram({
  name: 'db.client.operation.duration',
  unit: 's',
  description:
    'from sending a statement until Postgres answered; what travels in one message is one statement',
  attributes: ['db.operation.name'],
  buckets: secondsBuckets,
});

export const measureAcquisition = defineHistogram({
  name: 'db.client.connection.wait_time',
  unit: 's',
  description: 'from asking the pool for a connection until it gave one',
  attributes: [pool],
  buckets: secondsBuckets,
});

export const countTimeout = defineCounter({
  name: 'db.client.connection.timeouts',
  unit: '{timeout}',
  description: 'times that the pool gave no connection',
  attributes: [pool],
});

const observeConnections = defineGauge({
  // The conventions call it db.client.connection.count now, but that ending belongs to histograms in Prometheus.
  name: 'db.client.connections.usage',
  unit: '{connection}',
  description: 'open connections of the pool, `used` or `idle`',
  attributes: [pool, 'db.client.connection.state'],
});

const observeLimit = defineGauge({
  name: 'db.client.connection.max',
  unit: '{connection}',
  description: 'connections that the pool may open, `DATABASE_POOL_MAX`',
  attributes: [pool],
});

const observePending = defineGauge({
  name: 'db.client.connection.pending_requests',
  unit: '{request}',
  description: 'callers that wait for a connection of the pool',
  attributes: [pool],
});

/** Begins to report a pool. Returns a function that ends it. */
export function observePool(name: string, of: pg.Pool): () => void {
  const stops = [
    observeConnections(() => [
      { value: of.totalCount - of.idleCount, by: { [pool]: name, 'db.client.connection.state': 'used' } },
      { value: of.idleCount, by: { [pool]: name, 'db.client.connection.state': 'idle' } },
    ]),
    observeLimit(() => [{ value: of.options.max, by: { [pool]: name } }]),
    observePending(() => [{ value: of.waitingCount, by: { [pool]: name } }]),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

const operations = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH', 'BEGIN', 'COMMIT', 'ROLLBACK']);

let watch: (text: string, seconds: number) => void = () => {};

/** Has `watcher` told of each message that a request or an attempt at a job sent to Postgres, with the values that stand in its text. */
export function watchStatements(watcher: typeof watch): void {
  watch = watcher;
}

/** Records one message to Postgres that was sent `seconds` ago, for the process and for the work that sent it. */
export function recordStatement(text: string, seconds: number): void {
  const word = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  measureStatement(seconds, { 'db.operation.name': operations.has(word) ? word : 'OTHER' });
  const usage = findContext()?.usage;
  if (!usage) return;
  usage.statements += 1;
  usage.databaseSeconds += seconds;
  watch(text, seconds);
}
