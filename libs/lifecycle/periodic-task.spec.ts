import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { eventually } from '#libs/testing';
import { PeriodicTask } from './periodic-task.js';

describe('a periodic task', () => {
  const lines: string[] = [];
  const started: PeriodicTask[] = [];

  beforeEach(() => {
    const write = (level: string) => (message: string, context: string) =>
      lines.push(`${level} ${context} ${message}`);
    Logger.overrideLogger({ log: write('log'), warn: write('warn'), error: write('error') });
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((task) => task.stop()));
    lines.length = 0;
    Logger.overrideLogger(false);
  });

  function start(run: (signal: AbortSignal) => Promise<number>): PeriodicTask {
    const task = new PeriodicTask('Counter', run);
    started.push(task);
    task.start();
    return task;
  }

  const reach = (rounds: () => number, least: number) =>
    eventually(() => Promise.resolve(rounds() >= least), { what: `round ${least}` });

  it('does its work again after the time that the last round asked for', async () => {
    const begunAt: number[] = [];
    start(() => Promise.resolve([0, 100, Infinity][begunAt.push(performance.now()) - 1]!));
    await reach(() => begunAt.length, 3);
    // Timers count whole milliseconds, and may be one early.
    expect(begunAt[2]! - begunAt[1]!).toBeGreaterThanOrEqual(99);
  });

  it('lets the rest of the process run between two rounds, also when they follow at once', async () => {
    let rounds = 0;
    start(() => Promise.resolve((rounds += 1) && 0));
    for (let turns = 0; turns < 10; turns += 1) await setImmediate();
    expect(rounds).toBeLessThan(15);
  });

  it('waits to be woken when a round asks for no other time', async () => {
    let rounds = 0;
    const task = start(() => Promise.resolve((rounds += 1) && Infinity));
    await setImmediate();
    expect(rounds).toBe(1);
    task.wake();
    await reach(() => rounds, 2);
    await setImmediate();
    expect(rounds).toBe(2);
  });

  it('begins no second round beside the first, and goes on at once when it was woken meanwhile', async () => {
    const first = Promise.withResolvers<number>();
    let rounds = 0;
    const task = start(() => ((rounds += 1) === 1 ? first.promise : Promise.resolve(Infinity)));
    task.wake();
    await setImmediate();
    expect(rounds).toBe(1);
    first.resolve(Infinity);
    await reach(() => rounds, 2);
  });

  it('tells the log once that it fails and once that it works again, and does not try again sooner because it is woken', async () => {
    const begunAt: number[] = [];
    const task = start(() => {
      if (begunAt.push(performance.now()) < 3) return Promise.reject(new Error('the database is away'));
      return Promise.resolve(Infinity);
    });
    for (const least of [1, 2]) {
      await reach(() => begunAt.length, least);
      task.wake();
    }
    await eventually(() => Promise.resolve(lines.length === 2), { what: 'the second line' });
    expect(begunAt[1]! - begunAt[0]!).toBeGreaterThanOrEqual(999);
    expect(lines[0]).toMatch(
      /^warn Counter fails, and is tried again every 1000 ms: Error: the database is away/,
    );
    expect(lines[1]).toBe('log Counter works again');
  });

  it('aborts the signal of the round under way when it is stopped, and waits for its end', async () => {
    let isOver = false;
    let rounds = 0;
    const task = start(async (signal) => {
      rounds += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await setImmediate();
      isOver = true;
      signal.throwIfAborted();
      return 0;
    });
    await task.stop();
    expect([rounds, isOver]).toEqual([1, true]);
    expect(lines).toEqual([]);
  });

  it('stops in the middle of a pause, of one after a failure too', async () => {
    const patient = start(() => Promise.resolve(Infinity));
    const failing = start(() => Promise.reject(new Error('no')));
    await setImmediate();
    await expect(Promise.all([patient.stop(), failing.stop()])).resolves.toHaveLength(2);
  });

  it('stops before it was started', async () => {
    await expect(new PeriodicTask('Counter', () => Promise.resolve(0)).stop()).resolves.toBeUndefined();
  });

  it('runs in the context in which it was started, whoever wakes it', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const task = start(() => Promise.resolve(seen.push(context.getStore()) && Infinity));
    await setImmediate();
    context.run('a request', () => task.wake());
    await reach(() => seen.length, 2);
    expect(seen).toEqual([undefined, undefined]);
  });
});
