import type { ComponentChildren } from 'preact';
import { useCommands } from '../data/shortcuts.js';
import { Download } from './download.js';

export interface Column<Row> {
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** The column that says which row it is; its first link is where Enter and j/k lead. */
  isMain?: boolean;
  isNumber?: boolean;
  /** Left out where the screen is narrow: the row's own page has it. */
  isMinor?: boolean;
  /** Takes what room is left, and is cut off there. */
  isWide?: boolean;
}

const classOf = <Row,>({ isNumber, isMinor, isWide, isMain }: Column<Row>) =>
  [isNumber && 'number', isMinor && 'minor', isWide && 'wide', isMain && 'main'].filter(Boolean).join(' ');

/** A dense table. j and k move between its rows, which are links. */
export function Table<Row extends object>({
  name,
  rows,
  columns,
  keyOf,
  foot,
  isFile = true,
}: {
  name: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** What stands below, beside the files. */
  foot?: ComponentChildren;
  /** Whether its rows can be taken as files. An extract of another page's table has them there. */
  isFile?: boolean;
}) {
  useCommands(
    [
      { keys: 'j', label: 'Next row', group: 'This page', run: () => moveBy(1) },
      { keys: 'k', label: 'Row before', group: 'This page', run: () => moveBy(-1) },
    ],
    [],
  );
  return (
    <>
      <div class="scroll" role="region" aria-label={name} tabIndex={0}>
        <table>
          <caption class="hidden">{name}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" class={classOf(column)}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={keyOf(row)}>
                {columns.map((column) =>
                  column.isMain ? (
                    <th key={column.title} scope="row" class={classOf(column)}>
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td key={column.title} class={classOf(column)}>
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isFile && rows.length > 0 && (
        <div class="foot">
          {foot}
          <Download name={name} rows={rows} />
        </div>
      )}
    </>
  );
}

function moveBy(step: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('main tbody th a')];
  const at = links.findIndex((link) => link === document.activeElement);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
