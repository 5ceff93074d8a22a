import { createHash } from 'node:crypto';
import type { Cron } from './cron.js';
import type { MissedPolicy } from './schedule-definition.js';

/** Milliseconds. A slot that waits for less is late, not missed: a restart or a failover takes no longer. */
export const missedAfter = 60_000;

/** Slots of one transaction; a backfill goes on in the next. */
const maxSlots = 100;

/** The slots to run now, and the first one after them, which may be due as well. */
export function dueSlots(
  cron: Cron,
  { nextSlotAt, missed, now }: { nextSlotAt: Date; missed: MissedPolicy; now: Date },
): { slots: Date[]; next: Date } {
  const slots: Date[] = [];
  const missedUntil = new Date(now.getTime() - missedAfter);
  let next = nextSlotAt;
  if (next <= missedUntil && missed !== 'backfill') {
    if (missed === 'run-once') slots.push(next);
    next = cron.next(missedUntil);
  }
  for (; next <= now && slots.length < maxSlots; next = cron.next(next)) slots.push(next);
  return { slots, next };
}

/** True when a slot waits for more than two slots after it, or for a minute. */
export function isLate(cron: Cron, { nextSlotAt, now }: { nextSlotAt: Date; now: Date }): boolean {
  if (nextSlotAt > now) return false;
  if (now.getTime() - nextSlotAt.getTime() >= missedAfter) return true;
  return cron.next(cron.next(nextSlotAt)) < now;
}

/**
 * The message id of a slot: the same in every process, so that the keys of outbox and inbox let each slot run
 * once even if two workers enqueue it. A UUIDv8 (RFC 9562 section 5.8) that begins with the time as a UUIDv7
 * does, because messages are delivered in the order of their ids.
 */
export function slotId(schedule: string, slot: Date): string {
  const id = createHash('sha256').update(`${schedule}\n${slot.toISOString()}`).digest().subarray(0, 16);
  id.writeUIntBE(slot.getTime(), 0, 6);
  id[6] = 0x80 | (id[6]! & 0x0f);
  id[8] = 0x80 | (id[8]! & 0x3f);
  const hex = id.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
