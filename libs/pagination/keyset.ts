import { asc, desc, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** Null has no place in a tuple comparison: the row would be on no page. */
type SortColumn = PgColumn & { readonly _: { notNull: true } };

/** The order of a list: by a column, and by id where that is equal, so that every row has one place. */
export interface Keyset {
  column: SortColumn;
  id: SortColumn;
  direction: 'asc' | 'desc';
}

/** The place of a row in that order: its value of the sort column (times as RFC 3339) and its id. */
export interface Position {
  value: string | number;
  id: string;
}

/** A position known now, or one that a prepared statement is told when it runs. */
type PositionOrPlaceholder = Position | { value: Placeholder; id: Placeholder };

/**
 * Rows after the position; nothing, hence all rows, without one. A row comparison and not `a > x or (a = x and …)`: Postgres
 * starts to read an index on (column, id) at the position, so page 1000 costs what page 1 does.
 */
export function keysetAfter(keyset: Keyset, position: PositionOrPlaceholder | undefined): SQL | undefined {
  if (!position) return undefined;
  const comparison = sql.raw(keyset.direction === 'asc' ? '>' : '<');
  return sql`(${keyset.column}, ${keyset.id}) ${comparison} (${position.value}, ${position.id})`;
}

/** ORDER BY of the same order. */
export function keysetOrder({ column, id, direction }: Keyset): [SQL, SQL] {
  const order = direction === 'asc' ? asc : desc;
  return [order(column), order(id)];
}
