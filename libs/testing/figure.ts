import { appendFileSync } from 'node:fs';

/** Adds a line to the table that `npm run test:faults` prints at its end. Does nothing in any other run. */
export function figure(what: string, value: string): void {
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify([what, value])}\n`);
}
