import { describe, expect, it } from '@jest/globals';
import { Cron } from './cron.js';

const minute = 60_000;
const hour = 60 * minute;

function slots(cron: Cron, from: string, count: number): string[] {
  const found: string[] = [];
  for (let at = new Date(from); found.length < count; found.push(at.toISOString().slice(0, 16)))
    at = cron.next(at);
  return found;
}

describe('cron on the clock of a time zone', () => {
  // prettier-ignore
  it.each([
    ['keeps the time of day when clocks change', '0 9 * * *', 'Europe/Berlin', '2026-03-28T00:00Z',
      ['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00']],
    ['runs as much later as the clock jumped, when the time of day is never shown', '30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z',
      ['2026-03-29T01:30', '2026-03-30T00:30']],
    ['runs the first time only, when the time of day is shown twice', '30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['runs through both hours, when it is for every hour', '*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00Z',
      ['2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-25T02:00']],
    ['has no hour that is never shown, when it is for every hour', '15 * * * *', 'Europe/Berlin', '2026-03-28T23:30Z',
      ['2026-03-29T00:15', '2026-03-29T01:15', '2026-03-29T02:15']],
    ['runs once where a moved slot meets another', '0 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:00', '2026-03-30T01:00']],
    ['runs on a day that has no midnight', '0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00Z',
      ['2018-11-04T03:00', '2018-11-05T02:00']],
    ['follows a change of half an hour forward', '15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z',
      ['2026-10-03T15:45', '2026-10-04T15:15']],
    ['follows a change of half an hour back', '*/10 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:45Z',
      ['2026-04-04T14:50', '2026-04-04T15:00', '2026-04-04T15:10', '2026-04-04T15:20', '2026-04-04T15:30']],
    ['runs on the day after one that was left out of the calendar, for both', '0 12 * * *', 'Pacific/Apia', '2011-12-29T00:00Z',
      ['2011-12-29T22:00', '2011-12-30T22:00', '2011-12-31T22:00']],
    ['finds 29 February years ahead', '0 12 29 2 *', 'UTC', '2026-01-01T00:00Z', ['2028-02-29T12:00', '2032-02-29T12:00']],
  ])('%s', (_, expression, zone, from, expected) => {
    expect(slots(new Cron(expression, zone), from, expected.length)).toEqual(expected);
  });

  it.each([
    ['', 'five or six fields'],
    ['* * *', 'five or six fields'],
    ['* * * * * * *', 'five or six fields'],
    ['@daily', 'five or six fields'],
    ['H * * * *', 'five or six fields'],
    ['0 H(0-5) * * *', 'five or six fields'],
    ['61 * * * *', 'expected range 0-59'],
    ['0 0 30 2 *', 'day of month'],
  ])('refuses %j', (expression, message) => {
    expect(() => new Cron(expression, 'UTC')).toThrow(message);
  });

  it('takes names of days and months', () => {
    expect(slots(new Cron('0 0 * MAR THU', 'UTC'), '2026-01-01T00:00Z', 1)).toEqual(['2026-03-05T00:00']);
  });

  it('refuses a time zone that does not exist', () => {
    expect(() => new Cron('* * * * *', 'Europe/Nowhere')).toThrow('Nowhere');
  });
});

/** What a clock on the wall shows, minute by minute around a change: read off Intl, without arithmetic of offsets. */
class Wall {
  readonly firstShownAt = new Map<number, number>();
  readonly shown: [instant: number, wall: number][] = [];

  constructor(
    zone: string,
    readonly from: number,
    readonly to: number,
  ) {
    const format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let instant = from - 30 * hour; instant <= to + 30 * hour; instant += minute) {
      const wall = Date.parse(`${format.format(instant).replace(' ', 'T')}Z`);
      this.shown.push([instant, wall]);
      if (!this.firstShownAt.has(wall)) this.firstShownAt.set(wall, instant);
    }
  }

  /** Slots of a set of times of day by the definition in words, in (from, to]. */
  slots({ minutes, hours }: Times): number[] {
    const fits = (wall: number) =>
      minutes.has(new Date(wall).getUTCMinutes()) && hours.has(new Date(wall).getUTCHours());
    const found = hours.size === 24 ? this.#everyTime(fits) : this.#onceEach(fits);
    return [...new Set(found)].filter((at) => at > this.from && at <= this.to).sort((a, b) => a - b);
  }

  #everyTime(fits: (wall: number) => boolean): number[] {
    return this.shown.filter(([, wall]) => fits(wall)).map(([instant]) => instant);
  }

  #onceEach(fits: (wall: number) => boolean): number[] {
    const found: number[] = [];
    let lastShown = this.shown[0]!;
    for (let wall = lastShown[1]; wall <= this.shown.at(-1)![1]; wall += minute) {
      const instant = this.firstShownAt.get(wall);
      // Never shown: counted on from the last time that was.
      if (fits(wall)) found.push(instant ?? lastShown[0] + wall - lastShown[1]);
      if (instant !== undefined) lastShown = [instant, wall];
    }
    return found;
  }
}

interface Times {
  minutes: Set<number>;
  hours: Set<number>;
}

/** mulberry32: the same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe.each([
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['Europe/London', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/Sao_Paulo', '2018-02-18T02:00Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['America/St_Johns', '2026-11-01T04:30Z'],
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kathmandu', '2026-06-01T00:00Z'],
])('around a change of the clocks in %s at %s', (zone, change) => {
  const at = Date.parse(change);
  const wall = new Wall(zone, at - 30 * hour, at + 30 * hour);
  const next = random(at / minute);
  const some = (size: number, of: number) =>
    new Set(Array.from({ length: size }, () => Math.floor(next() * of)));

  it('has exactly the slots of the definition, from wherever it is asked', () => {
    for (let round = 0; round < 16; round += 1) {
      const everyHour = round % 4 === 0;
      const hours = everyHour ? new Set(Array(24).keys()) : some(1 + Math.floor(next() * 8), 24);
      const minutes = some(1 + Math.floor(next() * 5), 60);
      const expression = `${[...minutes].join()} ${everyHour ? '*' : [...hours].join()} * * *`;
      const cron = new Cron(expression, zone);
      const expected = wall.slots({ minutes, hours });
      const found: number[] = [];
      for (let slot = cron.next(new Date(wall.from)); +slot <= wall.to; slot = cron.next(slot))
        found.push(+slot);
      expect({ expression, found: found.map(iso) }).toEqual({ expression, found: expected.map(iso) });

      const asked = wall.from + Math.floor(next() * 50 * hour);
      const first = expected.find((slot) => slot > asked);
      const answer = +cron.next(new Date(asked));
      expect(answer > wall.to ? undefined : answer).toBe(first);
    }
  });
});

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
