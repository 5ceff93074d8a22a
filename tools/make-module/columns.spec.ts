import { describe, expect, it } from '@jest/globals';
import { columnsOf, columnTypes, inInput, inTable, inView, valuesFrom } from './columns.js';
import { filesOf } from './files.js';
import { namesOf } from './names.js';

/** What the generated code says about a column, in the table, the view and the input. */
const linesOf = (text: string) =>
  columnsOf([text]).flatMap((column) => [inTable(column), inView(column), inInput(column)]);

describe('a column', () => {
  it('has a type, and a value unless it may be empty', () => {
    expect(linesOf('name:text')).toEqual([
      'name: text().notNull(),',
      'name: z.string(),',
      'name: lineOfText(1, 200),',
    ]);
    expect(linesOf('due_date:date?')).toEqual([
      'dueDate: date(),',
      'due_date: z.iso.date().nullable(),',
      'due_date: z.iso.date().nullish(),',
    ]);
  });

  it('is a name where none is given', () => {
    expect(columnsOf([]).map(({ name }) => name)).toEqual(['name']);
  });

  it('gets its value from the input, under its own name', () => {
    expect(valuesFrom('input', columnsOf(['name:text', 'size:integer']))).toBe('...input');
    expect(valuesFrom('input', columnsOf(['name:text', 'due_date:date']))).toBe(
      'name: input.name, dueDate: input.due_date',
    );
  });

  it('has each of the types in every file of a feature that names columns', () => {
    const all = Object.keys(columnTypes).map((type) => `the_${type}:${type}`);
    const files = filesOf(namesOf('projects'), columnsOf(all)).map(([, content]) => content);
    for (const type of Object.keys(columnTypes))
      expect(files.filter((content) => content.includes(`the_${type}`))).toHaveLength(3);
  });
});

describe('what is no column', () => {
  it.each([
    ['name', '"name" is no column. Write <name>:<type>'],
    ['name:', '"name:" is no column'],
    [':text', '":text" is no column'],
    ['', '"" is no column'],
    ['payments:', 'is no column'],
    ['due_date:dat', 'The types are text, integer, number, boolean, date, timestamp, uuid.'],
    ['due:date??', 'is no column'],
    ['due?:date', 'cannot be the name of a column'],
    ['name:text:unique', '"text:unique" is no type of a column'],
    ['name:constructor', '"constructor" is no type of a column'],
    ['dueDate:date', '"dueDate" cannot be the name of a column'],
    ['2nd:text', 'cannot be the name of a column'],
    ['line_2:text', 'cannot be the name of a column'],
    ['a_b_c:text', 'cannot be the name of a column'],
    ['name_:text', 'cannot be the name of a column'],
    [`${'a'.repeat(64)}:text`, 'at most 63 characters'],
    ['version:integer', 'every feature has a column version already'],
    ['owner_id:uuid', 'every feature has a column owner_id already'],
  ])('is refused with what to write: %s', (text, reason) => {
    expect(() => columnsOf([text])).toThrow(reason);
  });

  it('is a column that is there twice', () => {
    expect(() => columnsOf(['name:text', 'size:integer', 'name:text?'])).toThrow(
      'the column name is there twice',
    );
  });
});
