import { asc, desc, gt, lt } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';
import type { Database } from '#libs/database';
import { auditSeals } from './audit-seals.schema.js';
import { type Digest, digestOf, sealedColumns } from './chain.js';
import type { Seal } from './seal.js';

/** The number of rows per query: a few megabytes at most. */
const pageOfEvents = 1000;
const pageOfSeals = 50;

/** The lowest number that an integer column can store. */
const lowest = -(2 ** 31);

/** Reads the events in their order, each once. */
export class AuditEventReader {
  #next: Digest | undefined;

  constructor(private readonly source: AsyncGenerator<Digest>) {}

  /** Returns all events up to this number that were not returned before. */
  async upTo(seq: number): Promise<Digest[]> {
    const taken: Digest[] = [];
    for (let event = await this.#peek(); event && event.seq <= seq; event = await this.#peek()) {
      taken.push(event);
      this.#next = undefined;
    }
    return taken;
  }

  /** Returns the number of remaining events. */
  async rest(): Promise<number> {
    let count = 0;
    for (let event = await this.#peek(); event; event = await this.#peek()) {
      count += 1;
      this.#next = undefined;
    }
    return count;
  }

  async #peek(): Promise<Digest | undefined> {
    this.#next ??= (await this.source.next()).value as Digest | undefined;
    return this.#next;
  }
}

/** Reads the events after this number. It starts below 1, so that events which an attacker numbered by hand count too. */
export function eventsOf(db: Database, start = lowest): AuditEventReader {
  return new AuditEventReader(
    paged(
      pageOfEvents,
      async (after: number, limit) => {
        const rows = await db.conn
          .select(sealedColumns)
          .from(auditEvents)
          .where(gt(auditEvents.seq, after))
          .orderBy(asc(auditEvents.seq))
          .limit(limit);
        return rows.map((row) => ({ place: row.seq, item: digestOf(row) }));
      },
      start,
    ),
  );
}

export function sealsOf(db: Database): AsyncGenerator<Seal> {
  return paged(
    pageOfSeals,
    async (after, limit) => {
      const rows = await db.conn
        .select()
        .from(auditSeals)
        .where(gt(auditSeals.number, after))
        .orderBy(asc(auditSeals.number))
        .limit(limit);
      return rows.map((item) => ({ place: item.number, item }));
    },
    lowest,
  );
}

/** Yields the seals from the last one backwards. A reader usually needs only the first. */
export async function* latestSealsOf(db: Database): AsyncGenerator<Seal> {
  for (let before: number | undefined; ;) {
    const [seal] = await db.conn
      .select()
      .from(auditSeals)
      .where(before === undefined ? undefined : lt(auditSeals.number, before))
      .orderBy(desc(auditSeals.number))
      .limit(1);
    if (!seal) return;
    yield seal;
    before = seal.number;
  }
}

type Read<T> = (after: number, limit: number) => Promise<{ place: number; item: T }[]>;

/** Yields the rows of a keyset query, page after page. */
async function* paged<T>(limit: number, read: Read<T>, start: number): AsyncGenerator<T> {
  let after = start;
  for (;;) {
    const rows = await read(after, limit);
    for (const { item } of rows) yield item;
    if (rows.length < limit) return;
    after = rows.at(-1)!.place;
  }
}
