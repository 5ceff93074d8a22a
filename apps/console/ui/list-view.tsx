import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import type { List } from '../data/list.js';
import { useCommands } from '../data/shortcuts.js';
import { count, plural } from '../data/words.js';
import { Failure, Loading } from './parts.js';
import { type Column, Table } from './table.js';

/** A list with all that can happen to it: loading, failing, empty, new rows, more rows. */
export function ListView<Row extends object>({
  list,
  name,
  columns,
  keyOf,
  empty,
  foot,
}: {
  list: List<Row>;
  name: string;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  empty: ComponentChildren;
  foot?: ComponentChildren;
}) {
  const isBusy = useSignal(false);
  useCommands(
    [{ keys: 'n', label: 'Show new rows', group: 'This page', run: list.showNewer }],
    [list.showNewer],
  );
  const more = async () => {
    isBusy.value = true;
    await list.more();
    isBusy.value = false;
  };
  const { rows } = list;
  return (
    <>
      {list.error !== undefined && <Failure error={list.error} retry={list.reload} />}
      {list.newer > 0 && (
        <button type="button" class="pill" onClick={list.showNewer}>
          {plural(list.newer, 'new row')}
        </button>
      )}
      {rows === undefined && list.error === undefined && <Loading />}
      {rows?.length === 0 && (
        <>
          {empty}
          {foot && <div class="foot">{foot}</div>}
        </>
      )}
      {rows && rows.length > 0 && (
        <Table
          name={name}
          rows={rows}
          columns={columns}
          keyOf={keyOf}
          foot={
            <>
              <span>{foot ?? `${count(rows.length)} shown`}</span>
              {list.hasMore && (
                <button type="button" class="small" disabled={isBusy.value} onClick={() => void more()}>
                  Show more
                </button>
              )}
            </>
          }
        />
      )}
    </>
  );
}
