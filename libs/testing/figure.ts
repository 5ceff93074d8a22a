import { appendFileSync } from 'node:fs';

/** Adds a line to the table that `npm run test:faults` prints at its end. Does nothing in any other run. */
export function figure(what: string, value: string): void {
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify([what, value])}\n`);
}

/** "312 ms (at most 1000: met)". For the table: no test fails by a time, as that says more about the machine than about us. */
export function verdict(ms: number, atMost: number): string {
  return `${Math.round(ms)} ms (at most ${atMost}: ${ms <= atMost ? 'met' : 'not met'})`;
}
