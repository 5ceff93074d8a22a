import type { Passing } from '#libs/testing';

/** Where a worker process can die so that something may be lost or done twice. */
export const moments = [
  'relay: taken from the outbox, not with the queue',
  'relay: with the queue, which has not said so',
  'worker: in the middle of a job',
  'worker: committed, not acknowledged',
] as const;

export type Moment = (typeof moments)[number];

/** What a connection is in the middle of: each does one thing at a time. */
type Doing =
  { task: 'take'; answer: string } | { task: 'give' } | { task: 'job'; message: string; isRepeated: boolean };

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Reads what a worker says to its database and to its queue: counts what it does, and names the moments at which killing it hurts. */
export class Conversation {
  readonly #doing = new Map<string, Doing>();
  /** Messages that stand in the dispatched messages and that the queue has not been told of. */
  readonly #taken = new Set<string>();

  constructor(private readonly tally: Tally) {}

  /** `server` tells connections of the same number apart. */
  read(server: string, { connection, from, bytes }: Passing): Moment | undefined {
    const [line, text] = [`${server} ${connection}`, bytes.toString('latin1')];
    const moment = from === 'client' ? this.#asked(line, text) : this.#answered(line, text);
    return this.#hasRepeated() ? undefined : moment;
  }

  /** Something that was begun before is under way: killing its worker again and again makes a poison of it, given up after five. */
  #hasRepeated(): boolean {
    return [...this.#doing.values()].some((doing) => doing.task === 'job' && doing.isRepeated);
  }

  #asked(line: string, text: string): Moment | undefined {
    const message = /insert into inbox[^;]*'([0-9a-f-]{36})'/.exec(text)?.[1];
    if (message) this.#begin(line, message);
    else if (text.includes('delete from "outbox"')) this.#doing.set(line, { task: 'take', answer: '' });
    else if (this.#gives(text)) this.#doing.set(line, { task: 'give' });
    return text.includes('insert into effects') ? 'worker: in the middle of a job' : undefined;
  }

  #begin(line: string, message: string): void {
    this.#doing.set(line, { task: 'job', message, isRepeated: this.tally.begun.has(message) });
    this.tally.begun.set(message, (this.tally.begun.get(message) ?? 0) + 1);
    this.tally.deliveries += 1;
    if (this.tally.committed.has(message)) this.tally.repeated += 1;
  }

  #gives(text: string): boolean {
    if (this.#taken.size === 0) return false;
    const given = (text.match(uuid) ?? []).filter((id) => this.#taken.delete(id));
    return given.length > 0;
  }

  #answered(line: string, text: string): Moment | undefined {
    const doing = this.#doing.get(line);
    if (doing?.task === 'take') return this.#took(line, (doing.answer += text));
    if (doing?.task === 'give') {
      this.#doing.delete(line);
      return 'relay: with the queue, which has not said so';
    }
    if (!doing || !/(COMMIT|ROLLBACK)\0/.test(text)) return undefined;
    this.#doing.delete(line);
    if (text.includes('ROLLBACK\0')) return undefined;
    this.tally.committed.add(doing.message);
    return doing.isRepeated ? undefined : 'worker: committed, not acknowledged';
  }

  /** The answer comes in as many pieces as it likes; its end says how many rows the dispatched messages got. */
  #took(line: string, answer: string): Moment | undefined {
    const tag = /SELECT (\d+)\0/.exec(answer)?.[1];
    if (tag === undefined) return undefined;
    this.#doing.delete(line);
    if (tag === '0') return undefined;
    for (const id of new Set(answer.match(uuid))) {
      this.#taken.add(id);
      this.tally.take(id);
    }
    return 'relay: taken from the outbox, not with the queue';
  }
}

/** What all conversations together came to. */
export class Tally {
  /** Messages that a relay took from the outbox a second time: what would have been lost without the dispatched messages. */
  takenAgain = 0;
  /** Begun by a worker. */
  deliveries = 0;
  /** Begun again after their effect was committed: what would happen twice without the inbox. */
  repeated = 0;
  /** Messages, and how often each was begun. */
  readonly begun = new Map<string, number>();
  readonly committed = new Set<string>();
  readonly #taken = new Set<string>();

  take(message: string): void {
    if (this.#taken.has(message)) this.takenAgain += 1;
    this.#taken.add(message);
  }
}
