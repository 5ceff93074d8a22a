import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { figure } from '#libs/testing';
import { type Backend, backends, queueOf, Workers } from '../faults/support/workers.js';
import { heldBytes, residentBytes } from './support/memory.js';
import { promise } from './support/promises.js';
import { durableDatabase } from './support/server.js';
import { slope } from './support/statistics.js';

/** Milliseconds on each backend; the first part warms the worker up. */
const duration = 140_000;
const warmUp = 30_000;
const every = 5000;

/** Rows of one promise, and rows that wait below which there is another: the relay always finds full batches. */
const batch = 5000;
const low = 5000;

/** Bytes a row, held after a collection of all garbage. The id of a message in a Set is some 90. */
const mostHeld = 20;
/** How much of its resident memory a worker may gain in the whole time. What V8 has asked for it gives back late. */
const mostGrowth = 0.15;

interface Point {
  rows: number;
  held: number;
  resident: number;
}

it.each<Backend>(backends)(
  'the memory of a worker stays the same over hundreds of thousands of rows that it relays and does (%s)',
  async (backend) => {
    const workers = await Workers.on(await durableDatabase(), await queueOf(backend));
    const over = new AbortController();
    try {
      const { child } = await workers.start();
      const feeding = feed(workers, over.signal);
      await sleep(warmUp);
      const points: Point[] = [];
      for (const start = performance.now(); performance.now() - start < duration - warmUp; await sleep(every))
        points.push({
          rows: await doneRows(workers),
          held: await heldBytes(child),
          resident: await residentBytes(child.pid!),
        });
      over.abort();
      await feeding;
      const rows = points.at(-1)!.rows - points[0]!.rows;
      const held = slope(points.map((point) => ({ x: point.rows, y: point.held })));
      const growth =
        (slope(points.map((point) => ({ x: point.rows, y: point.resident }))) * rows) / points[0]!.resident;
      figure(
        `Memory of a worker over ${rows} rows after its warm-up, on ${backend}`,
        `held ${held.toFixed(1)} bytes a row of ${megabytes(points[0]!.held)}; resident ${megabytes(points[0]!.resident)} to ` +
          `${megabytes(points.at(-1)!.resident)}, trend ${(growth * 100).toFixed(1)} %`,
      );
      expect(rows).toBeGreaterThan(20_000);
      expect(held).toBeLessThan(mostHeld);
      expect(growth).toBeLessThan(mostGrowth);
    } finally {
      over.abort();
      await workers.close();
    }
  },
  duration + 120_000,
);

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MB`;

async function feed({ db }: Workers, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { rows } = await db.pool.query<{ waiting: number }>(
      'select (select count(*) from outbox)::int + (select count(*) from dispatched_messages)::int as waiting',
    );
    if (rows[0]!.waiting < low) await promise(db.pool, batch);
    else await sleep(100);
  }
}

async function doneRows({ db }: Workers): Promise<number> {
  const { rows } = await db.pool.query<{ done: number }>('select count(*)::int as done from inbox');
  return rows[0]!.done;
}
