/**
 * Spreadsheet programs run a cell that begins like a formula; the last four are the wide forms, which some of them accept too.
 * Apostrophes before it count as part of it, so that a guarded cell can be told from one that was so from the beginning.
 */
const formula = /^'*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Puts an apostrophe before a cell that a spreadsheet program would run. {@link unguarded} takes it away again. */
export function guarded(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell;
}

/** Returns what the cell was before {@link guarded}. Other apostrophes at the beginning stay, as in 't Hooft. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}
