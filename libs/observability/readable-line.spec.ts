import { expect, it } from '@jest/globals';
import { readableLine } from './readable-line.js';

const plain = { colours: false };
const line = (fields: object) =>
  JSON.stringify({
    level: 'info',
    time: '2026-11-27T12:00:05.123Z',
    'service.name': 'mainstay-api',
    'service.version': '1.2.3',
    ...fields,
  });
const at = new Date('2026-11-27T12:00:05.123Z').toTimeString().slice(0, 8);

it('a request is one line', () => {
  const fields = {
    method: 'GET',
    route: '/v1/users/:id',
    status: 200,
    duration_ms: 3.1,
    request_id: 'r-1',
    msg: 'request',
  };
  expect(readableLine(line(fields), plain)).toBe(
    `${at} info  api    GET /v1/users/:id 200 in 3.1 ms request_id=r-1`,
  );
});

it('an attempt at a job is one line', () => {
  const fields = {
    job: 'users.export',
    job_id: 'j-1',
    attempt: 2,
    outcome: 'retried',
    duration_ms: 7,
    msg: 'job',
  };
  expect(readableLine(line(fields), plain)).toBe(
    `${at} info  api    users.export retried in 7 ms job_id=j-1 attempt=2`,
  );
});

it('an error has its stack and its causes on lines of their own', () => {
  const err = {
    type: 'TypeError',
    message: 'x is not a function',
    stack: '    at one (a.ts:1:1)\n    at two (b.ts:2:2)',
    cause: { type: 'Error', message: 'first', stack: '    at three (c.ts:3:3)' },
  };
  expect(readableLine(line({ level: 'error', msg: 'request failed', err }), plain).split('\n')).toEqual([
    `${at} error api    request failed`,
    '    TypeError: x is not a function',
    '      at one (a.ts:1:1)',
    '      at two (b.ts:2:2)',
    '      caused by Error: first',
    '        at three (c.ts:3:3)',
  ]);
});

it('what else there is follows as name=value', () => {
  expect(readableLine(line({ context: 'Queue', msg: 'moved', jobs: 3, ids: ['a'] }), plain)).toBe(
    `${at} info  api    Queue: moved jobs=3 ids=["a"]`,
  );
});

it.each(['\u001b[2J', '\r', '\u0007', '\u202e', '\u0085', '\n'])(
  'text of a stranger with %j stays one line of text',
  (evil) => {
    for (const fields of [
      { msg: `a${evil}b` },
      { msg: 'a', reason: evil },
      { msg: 'a', err: { type: evil, message: 'm' } },
    ]) {
      const shown = readableLine(line(fields), plain);
      expect(shown.replaceAll('\n    ', '')).not.toContain(evil);
    }
  },
);

it.each(['listening', '{"a":1}', '{ broken', '', 'null'])(
  '%j is no line of the log and stays as it is',
  (other) => {
    expect(readableLine(other, plain)).toBe(other);
  },
);

it('colours are added only when they are wanted', () => {
  const words = line({ level: 'fatal', msg: 'over' });
  expect(readableLine(words, plain)).not.toContain('\u001b');
  expect(readableLine(words, { colours: true })).toContain('\u001b[31m');
});
