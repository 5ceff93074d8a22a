import { appendFileSync } from 'node:fs';

/** Adds a line to the table that `npm run test:faults` prints at its end. Does nothing in any other run. */
export function figure(what: string, value: string): void {
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify([what, value])}\n`);
}

/** Returns "312 ms (at most 1000: met)" for the table. No test fails by a time, which depends more on the machine. */
export function verdict(ms: number, atMost: number): string {
  return `${Math.round(ms)} ms (at most ${atMost}: ${ms <= atMost ? 'met' : 'not met'})`;
}
