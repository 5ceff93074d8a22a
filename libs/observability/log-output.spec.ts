import { WriteStream } from 'node:tty';
import { expect, it } from '@jest/globals';
import { logOutput } from './log-output.js';

const line = '{"level":"warn","time":"2026-11-27T12:00:05.123Z","service.name":"mainstay-api","msg":"slow"}';

/** What is written where there is a terminal, or none, with this environment. */
function written(isTTY: boolean, env: object): string {
  let text = '';
  const write = (part: string) => (text += part) !== '';
  const hasColors = () => WriteStream.prototype.getColorDepth.call(undefined as never, env) > 1;
  logOutput({ isTTY, write, hasColors })(line);
  return text;
}

it('is JSON where nobody reads along', () => {
  expect(written(false, { TERM: 'xterm' })).toBe(`${line}\n`);
});

it('is for people on a terminal, in colours unless NO_COLOR is set', () => {
  expect(written(true, { TERM: 'xterm' })).toContain('\u001b[33m');
  expect(written(true, { TERM: 'xterm', NO_COLOR: '1' })).toMatch(/^\d\d:\d\d:\d\d warn {2}api {4}slow\n$/);
});
