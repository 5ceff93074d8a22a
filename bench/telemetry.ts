import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signedInCookie } from './administrator.js';
import type { Seeded } from './database.js';
import { startMainstay } from './processes.js';
import { scenarios } from './scenarios.js';
import type { Server } from './server.js';
import { type Effort, type Throughput, throughput } from './throughput.js';

/** The loads of an API with telemetry beside one without, and what both take of memory after it. */
export interface Telemetry extends Throughput {
  /** In MB of 10^6 bytes. */
  residentMb: { mainstay: number; baseline: number };
}

/** The share of requests that a busy installation traces. */
const sampled = 0.1;

/** Telemetry may take 15 % of the requests, whatever becomes of the collector. */
const target = 0.85;

/** What a collector does with what it is sent: take it, or hang, which is worse for its senders than to refuse. */
const collectors: [name: string, answer: RequestListener][] = [
  ['telemetry on', (request, response) => request.on('end', () => response.end()).resume()],
  ['a dead collector', (request) => request.resume()],
];

/**
 * Measures what traces and exported metrics cost a read: an API that exports is loaded alternately with one that does not. Each kind of
 * collector gets two new ones: a queue that one of them left full would burden the next, and a warm API is faster than a cold one.
 */
export async function telemetry(
  seeded: Seeded,
  effort: Effort,
  { signal, log }: { signal: AbortSignal; log: (line: string) => void },
  results: Telemetry[],
): Promise<void> {
  for (const [name, answer] of collectors)
    await withBoth(seeded.url, answer, async (exporting, plain) => {
      const { read } = scenarios(seeded, await signedInCookie(seeded.url, plain));
      const scenario = { ...read, name: `${read.name}, ${name}`, target };
      log(`${scenario.name} …`);
      const loads = await throughput(exporting, plain, scenario, effort, signal);
      const [mainstay, baseline] = [await exporting.usage(), await plain.usage()];
      results.push({
        ...loads,
        residentMb: { mainstay: mainstay.residentBytes / 1e6, baseline: baseline.residentBytes / 1e6 },
      });
    });
}

/** Starts an API that exports to a collector and one that exports nothing, runs work, and stops them. */
function withBoth(
  databaseUrl: string,
  answer: RequestListener,
  work: (exporting: Server, plain: Server) => Promise<void>,
): Promise<void> {
  return withCollector(answer, async (env) => {
    const exporting = await startMainstay(databaseUrl, { env });
    try {
      const plain = await startMainstay(databaseUrl);
      try {
        await work(exporting, plain);
      } finally {
        await plain.stop();
      }
    } finally {
      await exporting.stop();
    }
  });
}

async function withCollector(
  answer: RequestListener,
  work: (env: NodeJS.ProcessEnv) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    await work({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: String(sampled),
      // As often as a load is long, so that none of them goes without.
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '1000',
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
