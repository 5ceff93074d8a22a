import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { often, useResource } from './resource.js';

export interface Page<Row> {
  data: Row[];
  page: { next_cursor: string | null; has_more: boolean };
}

/** How far a page looked, where looking at everything would cost too much. */
export interface Search {
  searched: number;
  of: number;
}

export interface List<Row> {
  rows: readonly Row[] | undefined;
  error: unknown;
  isLoading: boolean;
  /** Rows that came since: they wait until the reader asks for them. */
  newer: number;
  showNewer: () => void;
  hasMore: boolean;
  more: () => Promise<void>;
  searched: number;
  reload: () => void;
}

/**
 * Shows a list page by page. Looking again changes the rows that are shown where they stand; new ones are only counted, so that
 * the list does not move under its reader.
 */
export function useList<Row>(
  key: string,
  load: (cursor?: string) => Promise<Page<Row> & { search?: Search }>,
  keyOf: (row: Row) => string,
): List<Row> {
  const rows = useSignal<Row[] | undefined>(undefined);
  const newer = useSignal(0);
  const cursor = useSignal<string | null>(null);
  const searched = useSignal(0);
  const moreFailure = useSignal<unknown>(undefined);
  const shownKey = useRef(key);
  const isMoving = useRef(true);
  if (shownKey.current !== key) {
    shownKey.current = key;
    isMoving.current = true;
  }

  const first = useResource(key, () => load(), {
    every: often,
    hold: (next) => {
      const shown = rows.peek();
      if (!shown || shown.length === 0) return false;
      const fresh = new Map(next.data.map((row) => [keyOf(row), row]));
      const known = new Set(shown.map(keyOf));
      const top = next.data.findIndex((row) => known.has(keyOf(row)));
      newer.value =
        top < 0 ? next.data.length : next.data.slice(0, top).filter((row) => !known.has(keyOf(row))).length;
      rows.value = shown.map((row) => fresh.get(keyOf(row)) ?? row);
      return true;
    },
  });

  const { data } = first;
  useEffect(() => {
    if (!data) return;
    rows.value = data.data;
    newer.value = 0;
    cursor.value = data.page.next_cursor;
    searched.value = data.search?.searched ?? 0;
    moreFailure.value = undefined;
    isMoving.current = false;
  }, [data]);

  const more = async () => {
    const asked = shownKey.current;
    if (!cursor.value) return;
    try {
      const next = await load(cursor.value);
      if (asked !== shownKey.current) return;
      const known = new Set(rows.value?.map(keyOf));
      rows.value = [...(rows.value ?? []), ...next.data.filter((row) => !known.has(keyOf(row)))];
      cursor.value = next.page.next_cursor;
      searched.value += next.search?.searched ?? 0;
    } catch (error) {
      moreFailure.value = error;
    }
  };

  // Read in any case: a signal that was not read while the list moved would not draw it when the rows come.
  const shown = rows.value;
  return {
    rows: isMoving.current ? undefined : shown,
    error: moreFailure.value ?? first.error,
    isLoading: first.isLoading,
    newer: newer.value,
    showNewer: first.reload,
    hasMore: cursor.value !== null,
    more,
    searched: searched.value,
    reload: first.reload,
  };
}
