import { appendFileSync } from 'node:fs';

/** A line of the table that `npm run test:faults` prints at its end; nothing in any other run. */
export function figure(what: string, value: string): void {
  const file = process.env.FAULT_FIGURES;
  if (file) appendFileSync(file, `${JSON.stringify([what, value])}\n`);
}
