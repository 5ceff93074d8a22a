/** Milliseconds. No clock change is nearer to the one before, and no offset from UTC is as long. */
const day = 86_400_000;

/** The clock on the wall of an IANA time zone, told as milliseconds since 1970-01-01T00:00 on that wall. */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  /** Throws for a name that the time zone database of this Node does not have. */
  constructor(readonly name: string) {
    this.#format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  }

  /** Milliseconds by which the wall is ahead of UTC at an instant. */
  offsetAt(instant: number): number {
    const [, sign, hours, minutes, seconds = '0'] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(this.#format.format(instant)) ?? [];
    if (!sign) return 0;
    const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -ms : ms;
  }

  wallAt(instant: number): number {
    return instant + this.offsetAt(instant);
  }

  /**
   * The instant at which the wall shows a time. The first of two when the clock is set back over it; when the
   * clock is set forward over it, as long after the change as the time is after the beginning of the gap
   * (RFC 5545 section 3.3.5, and what Temporal calls compatible).
   */
  instantAt(wall: number): number {
    const before = wall - this.offsetAt(wall - day);
    if (this.wallAt(before) === wall) return before;
    const after = wall - this.offsetAt(wall + day);
    return this.wallAt(after) === wall ? after : before;
  }
}
