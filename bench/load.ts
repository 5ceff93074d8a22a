import autocannon from 'autocannon';
import type { Scenario } from './scenarios.js';
import type { Server } from './server.js';

export interface Load {
  requestsPerSecond: number;
  /** Microseconds of CPU of the server's process. */
  cpuPerRequest: number;
}

/** More than the 10 database connections of each server, so that neither ever waits for requests. */
const connections = 16;

/** Milliseconds: the precision of the end of a load. */
const sampleInt = 50;

/** Loads a server for this many seconds. Throws when a request fails, and when `signal` aborts. */
export async function load(
  server: Server,
  scenario: Scenario,
  seconds: number,
  signal: AbortSignal,
): Promise<Load> {
  signal.throwIfAborted();
  const before = await server.usage();
  const running = autocannon({
    url: server.url,
    connections,
    duration: seconds,
    sampleInt,
    requests: [{ setupRequest: (request) => ({ ...request, ...scenario.request() }) }],
  });
  const stop = () => running.stop();
  signal.addEventListener('abort', stop);
  const result = await running;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const after = await server.usage();
  const answered = result['2xx'];
  if (result.errors + result.timeouts + result.non2xx > 0 || answered === 0) {
    throw new Error(
      `${scenario.name} on the ${server.name}: ${answered} answers, ${result.non2xx} of another status, ${result.errors} errors.`,
    );
  }
  return {
    requestsPerSecond: answered / result.duration,
    cpuPerRequest: (after.cpuMicros - before.cpuMicros) / answered,
  };
}
