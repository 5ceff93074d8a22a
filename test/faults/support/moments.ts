import type { Passing } from '#libs/testing';

/** Where a worker process can die so that something may be lost or done twice. */
export const moments = [
  'relay: handed over, COMMIT not sent',
  'relay: committed',
  'worker: in the middle of a job',
  'worker: committed, not acknowledged',
] as const;

export type Moment = (typeof moments)[number];

/** What a connection is in the middle of: each does one thing at a time. */
interface Doing {
  task: 'relay' | 'job';
  message?: string;
  isRepeated?: boolean;
  /** Rows taken from the outbox. */
  moved?: number;
}

/** Reads a worker's conversation with Postgres: counts what it does, and names the moments at which killing it hurts. */
export class Conversation {
  readonly #doing = new Map<number, Doing>();

  constructor(private readonly tally: Tally) {}

  read(passing: Passing): Moment | undefined {
    const moment = passing.from === 'client' ? this.#asked(passing) : this.#answered(passing);
    return this.#hasRepeated() ? undefined : moment;
  }

  /** Something that was begun before is under way: killing its worker again and again makes a poison of it, given up after five. */
  #hasRepeated(): boolean {
    return [...this.#doing.values()].some(({ isRepeated }) => isRepeated);
  }

  #asked({ connection, bytes }: Passing): Moment | undefined {
    const text = bytes.toString('latin1');
    const message = /insert into inbox[^;]*'([0-9a-f-]{36})'/.exec(text)?.[1];
    if (message) {
      this.#doing.set(connection, { task: 'job', message, isRepeated: this.tally.begun.has(message) });
      this.tally.begun.set(message, (this.tally.begun.get(message) ?? 0) + 1);
      this.tally.deliveries += 1;
      if (this.tally.committed.has(message)) this.tally.repeated += 1;
    }
    if (/delete from "?outbox"?/i.test(text)) this.#doing.set(connection, { task: 'relay' });
    if (/insert into effects/.test(text)) return 'worker: in the middle of a job';
    const isHandOver = this.#doing.get(connection)?.moved;
    return isHandOver && text.includes('COMMIT') ? 'relay: handed over, COMMIT not sent' : undefined;
  }

  #answered({ connection, bytes }: Passing): Moment | undefined {
    const text = bytes.toString('latin1');
    const doing = this.#doing.get(connection);
    if (!doing) return undefined;
    if (doing.task === 'relay') {
      const moved = Number(/DELETE (\d+)\0/.exec(text)?.[1] ?? 0);
      doing.moved = (doing.moved ?? 0) + moved;
      this.tally.handedOver += moved;
    }
    if (!/(COMMIT|ROLLBACK)\0/.test(text)) return undefined;
    this.#doing.delete(connection);
    if (text.includes('ROLLBACK\0')) return undefined;
    if (doing.moved) return 'relay: committed';
    if (!doing.message) return undefined;
    this.tally.committed.add(doing.message);
    return doing.isRepeated ? undefined : 'worker: committed, not acknowledged';
  }
}

/** What all conversations together came to. */
export class Tally {
  /** Messages given to the queue; above the promises when a hand-over was repeated. */
  handedOver = 0;
  /** Begun by a worker. */
  deliveries = 0;
  /** Begun again after their effect was committed: what would happen twice without the inbox. */
  repeated = 0;
  /** Messages, and how often each was begun. */
  readonly begun = new Map<string, number>();
  readonly committed = new Set<string>();
}
