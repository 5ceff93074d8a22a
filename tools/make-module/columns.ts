/** A column of a new feature, as the command line names it: `due_date:date?`. */
export interface Column {
  /** As in SQL and in the API: `due_date`. */
  name: string;
  /** As in TypeScript: `dueDate`. */
  property: string;
  type: ColumnType;
  isOptional: boolean;
}

interface ColumnType {
  /** What Drizzle calls it, with where it comes from when that is not Drizzle itself. */
  builder: string;
  isOurs?: true;
  /** The schema of the view, and that of the input where it asks for more. */
  view: string;
  input?: string;
  /** As they stand in the test: a value, and one that the input refuses. */
  sample: string;
  refused: string;
}

export const columnTypes = {
  text: {
    builder: 'text()',
    view: 'z.string()',
    input: 'lineOfText(1, 200)',
    sample: `'First'`,
    refused: `''`,
  },
  integer: { builder: 'integer()', view: 'z.int32()', sample: '7', refused: '1.5' },
  number: { builder: 'doublePrecision()', view: 'z.number()', sample: '1.5', refused: `'1.5'` },
  boolean: { builder: 'boolean()', view: 'z.boolean()', sample: 'true', refused: `'yes'` },
  date: { builder: 'date()', view: 'z.iso.date()', sample: `'2026-02-28'`, refused: `'2026-02-30'` },
  timestamp: {
    builder: 'instant()',
    isOurs: true,
    view: 'time',
    sample: `'2026-02-28T12:00:00.000Z'`,
    refused: `'noon'`,
  },
  uuid: {
    builder: 'uuid()',
    view: 'z.uuid()',
    sample: `'0199c0de-0000-7000-8000-000000000000'`,
    refused: `'1'`,
  },
} satisfies Record<string, ColumnType>;

/** What every feature has from the start. */
const given = ['id', 'owner_id', 'status', 'version', 'created_at', 'updated_at'];

/**
 * Words of two characters or more that begin with a letter: only such a name comes back when Drizzle makes `dueDate` of
 * `due_date` and `due_date` of that.
 */
const nameForm = /^[a-z][a-z0-9]*(_[a-z][a-z0-9]+)*$/;

/** PostgreSQL cuts longer names (manual, section 4.1.1). */
const maxNameLength = 63;

const mend = `Write <name>:<type>, and "?" behind it when it may be empty: due_date:date?. The types are ${Object.keys(columnTypes).join(', ')}.`;

/** Reads the columns of the command line. Without any, a feature has a name. */
export function columnsOf(texts: readonly string[]): Column[] {
  const columns = (texts.length > 0 ? texts : ['name:text']).map(columnOf);
  const twice = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) < index);
  if (twice) throw new Error(`the column ${twice.name} is there twice`);
  return columns;
}

function columnOf(text: string): Column {
  const [, name = '', typeName = '', mark] = /^([^:]*):([^?]*)(\?)?$/.exec(text) ?? [];
  if (!name || !typeName) throw new Error(`"${text}" is no column. ${mend}`);
  if (!nameForm.test(name) || name.length > maxNameLength)
    throw new Error(
      `"${name}" cannot be the name of a column: it is at most ${maxNameLength} characters, small letters and digits in words of two or more, with "_" between them, as in due_date`,
    );
  if (given.includes(name))
    throw new Error(
      `every feature has a column ${name} already; leave "${text}" out, or call it something else`,
    );
  if (!Object.hasOwn(columnTypes, typeName)) throw new Error(`"${typeName}" is no type of a column. ${mend}`);
  return {
    name,
    property: name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    type: columnTypes[typeName as keyof typeof columnTypes],
    isOptional: mark === '?',
  };
}

/** The line of a column in the table, the view or the input. */
export const inTable = ({ property, type, isOptional }: Column) =>
  `${property}: ${type.builder}${isOptional ? '' : '.notNull()'},`;

export const inView = ({ name, type, isOptional }: Column) =>
  `${name}: ${type.view}${isOptional ? '.nullable()' : ''},`;

export const inInput = ({ name, type, isOptional }: Column) =>
  `${name}: ${type.input ?? type.view}${isOptional ? '.nullish()' : ''},`;

/** The values of a new row: the input as it is, unless a name differs between API and code. */
export function valuesFrom(input: string, columns: readonly Column[]): string {
  if (columns.every(({ name, property }) => name === property)) return `...${input}`;
  return columns.map(({ name, property }) => `${property}: ${input}.${name}`).join(', ');
}
