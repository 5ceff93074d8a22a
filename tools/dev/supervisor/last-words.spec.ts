import { beforeEach, expect, it, jest } from '@jest/globals';
import { LastWords } from './last-words.js';

let shown: string[];
let words: LastWords;
beforeEach(() => {
  shown = [];
  words = new LastWords((line) => shown.push(line));
});

/** A process that says this and dies. Returns whether that is all the same as before. */
function die(...lines: string[]): boolean {
  words.begin();
  for (const line of lines) words.say(line, { isError: true });
  return words.end({ isDeath: true });
}

const fatal = (msg: string, time: number) => JSON.stringify({ level: 'fatal', time, pid: time, msg });

it('the words of a death are shown once, whatever the time and the process', () => {
  expect([die(fatal('a', 1)), die(fatal('a', 2)), die(fatal('a', 3))]).toEqual([false, true, true]);
  expect(shown).toEqual([fatal('a', 1)]);
});

it('a death of another kind is shown, and so is the first kind when it comes back', () => {
  expect([die('a'), die('a', 'b'), die('b'), die('a')]).toEqual([false, false, true, false]);
  expect(shown).toEqual(['a', 'b', 'a']);
});

it('what a process says that lives on is shown, although it died with the same words', () => {
  jest.useFakeTimers();
  die('a');
  words.begin();
  words.say('a', { isError: true });
  expect(shown).toEqual(['a']);
  jest.advanceTimersByTime(10_000);
  expect(shown).toEqual(['a', 'a']);
  words.say('a', { isError: true });
  expect(shown).toEqual(['a', 'a', 'a']);
  jest.useRealTimers();
});

it('a process that is stopped keeps nothing back', () => {
  die('a');
  words.begin();
  words.say('a', { isError: true });
  words.end({ isDeath: false });
  expect(shown).toEqual(['a', 'a']);
});
