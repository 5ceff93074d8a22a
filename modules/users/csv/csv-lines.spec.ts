import { expect, it } from '@jest/globals';
import { csvLines } from './csv-lines.js';

it('quotes every cell, also the empty ones and those that another separator would divide', () => {
  expect(csvLines([['x;=1;y', '', 'a "b"']])).toBe('"x;=1;y","","a ""b"""\n');
});

it.each(['=1', '+1', '-1', '@a', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠a', "'=1"])(
  'puts an apostrophe before %j, which a spreadsheet program might run',
  (cell) => {
    expect(csvLines([[cell]])).toBe(`"'${cell}"\n`);
  },
);

it.each(["'t Hooft", '’t Hooft', "O'Neil", 'a=1', '1'])('writes %j as it is', (cell) => {
  expect(csvLines([[cell]])).toBe(`"${cell}"\n`);
});
