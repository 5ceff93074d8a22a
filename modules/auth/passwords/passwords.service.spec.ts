import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Config } from '#libs/config';
import { HashingBusy } from './passwords.contract.js';
import { PasswordsService } from './passwords.service.js';

describe('the queue of the hasher', () => {
  const floor = { ARGON2_MEMORY_KIB: 19_456, ARGON2_PASSES: 2 } as Config;
  let passwords: PasswordsService;

  beforeEach(async () => {
    passwords = new PasswordsService(floor);
    await passwords.onModuleInit();
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is left after two seconds, and those before and behind are served', async () => {
    const running = [passwords.hash('one'), passwords.hash('two')];
    const late = Promise.allSettled([passwords.hash('three'), passwords.matches(undefined, 'four')]);
    jest.advanceTimersByTime(2000);
    for (const outcome of await late)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(HashingBusy) });
    const next = passwords.hash('five');
    expect(await Promise.all([...running, next])).toHaveLength(3);
    expect(await passwords.matches(await next, 'five')).toBe(true);
  });

  it('takes thirty-two and no more, and each gets a turn', async () => {
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.matches(undefined, 'x')));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(6);
    for (const { reason } of refused as PromiseRejectedResult[])
      expect((reason as HashingBusy).options.retryAfter).toBeGreaterThan(0);
  });

  it('leaves no timer behind', async () => {
    await Promise.all(Array.from({ length: 5 }, () => passwords.hash('x')));
    expect(jest.getTimerCount()).toBe(0);
  });
});
