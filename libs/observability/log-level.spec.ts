import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { eventually } from '#libs/testing';
import { LogLevel } from './log-level.js';
import { loggerOptions } from './logger-options.js';
import { resourceOf } from './resource.js';

const canary = 'canary-7f3a';
const hour = 3_600_000;

const lines: string[] = [];
const log = pino(loggerOptions(resourceOf('api'), 'warn'), { write: (line: string) => lines.push(line) });
const level = new LogLevel(log, 'warn');

beforeEach(() => {
  level.restore();
  lines.length = 0;
});

const written = () => lines.map((line) => JSON.parse(line) as { level: string; msg: string });

it('lets lines of another level through for a time', () => {
  log.debug('before');
  level.change('debug', hour);
  log.debug('meanwhile');
  log.trace('too much');
  level.restore();
  log.debug('after');
  expect(written().map(({ msg }) => msg)).toEqual([
    'the level is debug, it was warn',
    'meanwhile',
    'the level is warn, it was debug',
  ]);
});

it('goes back by itself', async () => {
  level.change('debug', 10);
  const current = () =>
    eventually(async () => level.current !== 'debug' && level.current, { what: 'the end' });
  expect(await current()).toBe('warn');
});

it('is replaced by a second change, and its end with it', async () => {
  level.change('trace', 5);
  level.change('error', hour);
  // Timers fire in the order in which they are due.
  await sleep(10);
  expect(level.current).toBe('error');
});

it('says nothing about the same change once more', () => {
  level.change('debug', hour);
  level.change('debug', hour);
  expect(lines).toHaveLength(1);
});

it.each(['debug', 'trace'] as const)('writes no secret as %s', (name) => {
  level.change(name, hour);
  log[name]({ password: canary, headers: { cookie: canary }, to: 'ann@example.com' }, 'a text');
  log[name](new Error(`Failed query: select $1\nparams: ${canary}`));
  expect(lines).toHaveLength(3);
  expect(lines.join()).not.toContain(canary);
  expect(lines.join()).not.toContain('ann@example.com');
});
