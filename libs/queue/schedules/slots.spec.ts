import { describe, expect, it } from '@jest/globals';
import { Cron } from './cron.js';
import { dueSlots, isLate, slotId } from './slots.js';

const hourly = new Cron('0 * * * *', 'UTC');
const at = (time: string) => new Date(`2026-01-05T${time}Z`);
const due = (policy: 'skip' | 'run-once' | 'backfill', nextSlotAt: Date, now: Date) =>
  dueSlots(hourly, { nextSlotAt, missed: policy, now });

describe('the slots that are due', () => {
  it.each(['skip', 'run-once', 'backfill'] as const)('are the one whose time has come (%s)', (policy) => {
    expect(due(policy, at('09:00'), at('09:00:59'))).toEqual({ slots: [at('09:00')], next: at('10:00') });
    expect(due(policy, at('09:00'), at('08:59:59.999'))).toEqual({ slots: [], next: at('09:00') });
  });

  it.each([
    ['skip', []],
    ['run-once', [at('09:00')]],
    ['backfill', [at('09:00'), at('10:00'), at('11:00')]],
  ] as const)('are decided by the policy when no worker was there (%s)', (policy, slots) => {
    expect(due(policy, at('09:00'), at('11:30'))).toEqual({ slots, next: at('12:00') });
  });

  it('include one that is late by less than a minute, whatever was missed before', () => {
    expect(due('skip', at('09:00'), at('11:00:30')).slots).toEqual([at('11:00')]);
  });

  it('are a hundred at a time, and the next are due at once', () => {
    const { slots, next } = due('backfill', at('00:00'), new Date('2026-02-05T00:00Z'));
    expect(slots).toHaveLength(100);
    expect(next).toEqual(new Date('2026-01-09T04:00Z'));
  });
});

describe('a schedule', () => {
  it.each([
    ['* * * * * *', '09:00:02.900', false],
    ['* * * * * *', '09:00:02.001', true, '09:00:00'],
    ['*/20 * * * * *', '09:00:39', false],
    ['*/20 * * * * *', '09:00:41', true],
    ['0 * * * *', '09:00:59', false],
    ['0 * * * *', '09:01:00', true],
  ])(
    '%s is late or not at %s: %s',
    (cron, now, late, nextSlotAt = now < '09:00:03' ? '09:00:01' : '09:00') => {
      expect(isLate(new Cron(cron, 'UTC'), { nextSlotAt: at(nextSlotAt), now: at(now) })).toBe(late);
    },
  );

  it('is not late before its time', () => {
    expect(isLate(hourly, { nextSlotAt: at('10:00'), now: at('09:00') })).toBe(false);
  });
});

describe('the message id of a slot', () => {
  it('is the same in every process, and a UUIDv8', () => {
    expect(slotId('users.sweep', at('09:00'))).toBe('019b8d62-7a80-80b1-8bf1-9dd3a04f4027');
  });

  it('differs from slot to slot and from schedule to schedule', () => {
    const ids = [at('09:00'), at('09:01')].flatMap((slot) =>
      ['a.b', 'a.c'].map((name) => slotId(name, slot)),
    );
    expect(new Set(ids).size).toBe(4);
  });

  it('sorts by time', () => {
    const ids = [at('09:00'), at('09:01'), at('10:00')].map((slot) => slotId('a.b', slot));
    expect(ids.toSorted()).toEqual(ids);
  });
});
