import { stringify } from 'csv-stringify/sync';
import { guarded } from './formula-guard.js';

/**
 * Writes rows of CSV that spreadsheet programs do not run. Every cell is quoted, because some programs separate cells by other
 * characters than commas and would see the beginning of a cell inside one.
 */
export function csvLines(rows: string[][]): string {
  return stringify(rows, { quoted: true, quoted_empty: true, cast: { string: guarded } });
}
