import { expect, it } from '@jest/globals';
import { wordsOfCron } from './cron.js';

it.each([
  ['* * * * *', 'every minute'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['5 * * * *', 'hourly, at 05 past'],
  ['17 3 * * *', 'daily at 03:17'],
  // These stand for themselves.
  ['0 8 * * 1', ''],
  ['0 8 1 * *', ''],
  ['*/5 8 * * *', ''],
  ['0 0 8 * * *', ''],
])('reads %s as "%s"', (cron, words) => {
  expect(wordsOfCron(cron)).toBe(words);
});
