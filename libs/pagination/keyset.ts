import { asc, desc, type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/** A column without null: a tuple comparison with null is never true, so the row would be on no page. */
type SortColumn = PgColumn & { readonly _: { notNull: true } };

/** The order of a list: by a column, and by id among equal values, so that the order is total. */
export interface Keyset {
  column: SortColumn;
  id: SortColumn;
  direction: 'asc' | 'desc';
}

/** The position of a row in that order: its value of the sort column (times as RFC 3339) and its id. */
export interface Position {
  value: string | number;
  id: string;
}

/** A position that is known now, or the placeholders for one in a prepared statement. */
type PositionOrPlaceholder = Position | { value: Placeholder; id: Placeholder };

/**
 * Returns the condition for the rows after the position, or undefined (all rows) without one. It is a row comparison and not
 * `a > x or (a = x and …)`: Postgres starts to read an index on (column, id) there, so page 1000 costs as much as page 1.
 */
export function keysetAfter(keyset: Keyset, position: PositionOrPlaceholder | undefined): SQL | undefined {
  if (!position) return undefined;
  const comparison = sql.raw(keyset.direction === 'asc' ? '>' : '<');
  return sql`(${keyset.column}, ${keyset.id}) ${comparison} (${position.value}, ${position.id})`;
}

/** Returns the expressions of ORDER BY for the keyset. */
export function keysetOrder({ column, id, direction }: Keyset): [SQL, SQL] {
  const order = direction === 'asc' ? asc : desc;
  return [order(column), order(id)];
}
