import { type CronExpression, CronExpressionParser } from 'cron-parser';
import { TimeZone } from './time-zone.js';

const hoursOfDay = 24;
const day = 86_400_000;

/** Five or six fields. `H` is left out: cron-parser draws it at random, so every worker would have slots of its own. */
const form = /^(?!.*(?:^|[\s,])H)\S+(?: \S+){4,5}$/;

/**
 * Tells when a schedule is due, by the clock of a time zone. cron-parser reads the expression and knows the calendar;
 * it is asked about UTC only, because on days when clocks change it leaves slots out, others on each call.
 *
 * - A schedule for every hour goes by elapsed time: an hour that is shown twice has its slots twice, one that
 *   is never shown has none.
 * - Any other goes by the clock: each time of day once. Shown twice, it is due the first time; never shown, it
 *   is due as much later as the clock jumped.
 */
export class Cron {
  readonly #zone: TimeZone;
  readonly #isForEveryHour: boolean;

  /** Throws for an expression that is none, or that no day ever fits, and for an unknown time zone. */
  constructor(
    private readonly expression: string,
    timeZone: string,
  ) {
    if (!form.test(expression)) throw new Error(`Not five or six fields of cron: ${expression}`);
    this.#zone = new TimeZone(timeZone);
    this.#isForEveryHour = this.#wallTimesAfter(0).fields.hour.values.length === hoursOfDay;
  }

  /** The first slot later than an instant, to the whole second. */
  next(after: Date): Date {
    const slot = this.#isForEveryHour ? this.#nextByElapsedTime(+after) : this.#nextByTimeOfDay(+after);
    return new Date(slot);
  }

  /** While the offset stays the same, each time of day comes once; where it changes, the search goes on from there. */
  #nextByElapsedTime(after: number): number {
    for (let from = after, offset = this.#zone.offsetAt(after); ;) {
      const slot = nextOf(this.#wallTimesAfter(from + offset)) - offset;
      if (this.#zone.offsetAt(slot) === offset) return slot;
      const change = this.#endOf(offset, from, slot);
      // A millisecond back, as a slot may be due at the very change.
      from = change - 1;
      offset = this.#zone.offsetAt(change);
    }
  }

  /**
   * Times of the wall in their order, until no later one can be due earlier: those that a gap moved may come
   * after those that follow it.
   */
  #nextByTimeOfDay(after: number): number {
    const offset = this.#zone.offsetAt(after);
    const jumped = Math.max(0, offset - this.#zone.offsetAt(after - day));
    const walls = this.#wallTimesAfter(after + offset - jumped);
    for (let soonest = Infinity; ;) {
      const wall = nextOf(walls);
      if (soonest < Infinity && wall >= this.#zone.wallAt(soonest)) return soonest;
      const slot = this.#zone.instantAt(wall);
      if (slot > after) soonest = Math.min(soonest, slot);
    }
  }

  /** The first instant with another offset: it is later than `from`, and `changed` has it already. */
  #endOf(offset: number, from: number, changed: number): number {
    while (changed - from > 1) {
      const middle = Math.floor((from + changed) / 2);
      if (this.#zone.offsetAt(middle) === offset) from = middle;
      else changed = middle;
    }
    return changed;
  }

  #wallTimesAfter(wall: number): CronExpression {
    return CronExpressionParser.parse(this.expression, { currentDate: new Date(wall), tz: 'UTC' });
  }
}

function nextOf(times: CronExpression): number {
  return times.next().getTime();
}
