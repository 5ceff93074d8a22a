import { startMainstay } from './processes.js';
import { median } from './statistics.js';

export interface StartUp {
  /** Milliseconds from the start of the process to the first 200 of /health/ready. */
  ready: number;
  /** Resident memory at that moment, before the first request, in MB of 10^6 bytes. */
  idleMb: number;
}

/** Starts the API this many times and returns the medians. */
export async function startUp(databaseUrl: string, times: number, signal: AbortSignal): Promise<StartUp> {
  const ready: number[] = [];
  const idle: number[] = [];
  for (let count = 0; count < times; count += 1) {
    signal.throwIfAborted();
    const server = await startMainstay(databaseUrl);
    try {
      ready.push(server.readyAfterMs);
      idle.push((await server.usage()).residentBytes / 1e6);
    } finally {
      await server.stop();
    }
  }
  return { ready: median(ready), idleMb: median(idle) };
}
