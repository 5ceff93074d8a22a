import { Injectable, Logger } from '@nestjs/common';
import { and, asc, gt, lte, max, sql } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { advisoryLocks, Database } from '#libs/database';
import { latestSealsOf } from './audit-event-reader.js';
import { digestOf, link, pack, sealedColumns, start } from './chain.js';
import { type Seal, sealingKey, signatureOf, signatureState } from './seal.js';
import { WriterBarrier } from './writer-barrier.js';

/** The number of events in one seal: about a megabyte to read, 40 KB of digests to store. */
const maxEvents = 1000;

/** The number of seals in one round: a hundred thousand events a minute, more than one database writes. */
const maxSeals = 100;

/** Seals the events of the audit log, so that an attacker who can write to the database cannot change them unnoticed. */
@Injectable()
export class AuditSealer {
  readonly #log = new Logger('Audit');

  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    private readonly writers: WriterBarrier,
  ) {}

  /**
   * Runs one round. It goes on from the last seal that is ours: one on top of a forged seal would confirm that, and a forged seal
   * must not end the sealing.
   */
  async seal(): Promise<void> {
    const [found] = await this.db.conn.select({ seq: max(auditEvents.seq) }).from(auditEvents);
    const upTo = found?.seq ?? 0;
    // A transaction with a lower number may not have committed yet.
    await this.writers.wait();
    for (let n = 0; n < maxSeals && (await this.#sealSome(upTo)) === maxEvents; n += 1);
  }

  /** Returns the number of events in the new seal. */
  #sealSome(upTo: number): Promise<number> {
    return this.db.transaction(async () => {
      const { rows } = await this.db.tx.execute<{ held: boolean; now: string }>(
        sql`select pg_try_advisory_xact_lock(${advisoryLocks.auditSealing}) as held, date_trunc('milliseconds', clock_timestamp()) as now`,
      );
      const { held, now } = rows[0]!;
      if (!held) return 0;
      const { last, number } = await this.#last();
      const events = await this.#eventsAfter(last, upTo);
      const key = sealingKey(this.keyring);
      // Without new events, a new key signs the head where the old key ended. Operators may then remove the old key.
      if (events.length === 0 && (!last || last.keyId === key.id)) return 0;
      const digests = events.map(digestOf);
      const seal = {
        number: number + 1,
        firstSeq: (last?.lastSeq ?? 0) + 1,
        lastSeq: events.at(-1)?.seq ?? last?.lastSeq ?? 0,
        count: events.length,
        head: digests.reduce(link, last?.head ?? start),
        sealedAt: new Date(now),
      };
      const signature = signatureOf(key, seal);
      await this.#append({ ...seal, digests: pack(digests), keyId: key.id, signature });
      this.db.afterCommit(() => this.#logHead(seal));
      return events.length;
    });
  }

  /** Returns the last seal that is ours, and the number of the last seal of all. */
  async #last(): Promise<{ last: Seal | undefined; number: number }> {
    let number: number | undefined;
    for await (const seal of latestSealsOf(this.db)) {
      number ??= seal.number;
      const state = signatureState(this.keyring, seal);
      if (state === 'valid') return { last: seal, number };
      const why = state === 'forged' ? 'is forged' : 'was signed with a key that is not in SECRET_KEYS';
      this.#log.error(`Seal ${seal.number} of the audit log ${why}: npm run audit:verify`);
    }
    return { last: undefined, number: number ?? 0 };
  }

  /** Inserts by the function of the database, which is the only way in which the role of the application can. */
  async #append(seal: Seal): Promise<void> {
    const { number, firstSeq, lastSeq, count, digests, head, keyId, signature, sealedAt } = seal;
    await this.db.tx
      .execute(sql`select audit_append_seal(${number}::int, ${firstSeq}::bigint, ${lastSeq}::bigint,
      ${count}::int, ${digests}::bytea, ${head}::bytea, ${keyId}::text, ${signature}::bytea, ${sealedAt.toISOString()}::timestamptz)`);
  }

  #eventsAfter(last: Seal | undefined, upTo: number) {
    return this.db.tx
      .select(sealedColumns)
      .from(auditEvents)
      .where(and(gt(auditEvents.seq, last?.lastSeq ?? 0), lte(auditEvents.seq, upTo)))
      .orderBy(asc(auditEvents.seq))
      .limit(maxEvents);
  }

  /** Writes the head to the log, which is in another place: an attacker who deletes seal and events cannot delete this line. */
  #logHead({
    number,
    firstSeq,
    lastSeq,
    count,
    head,
  }: Pick<Seal, 'number' | 'firstSeq' | 'lastSeq' | 'count' | 'head'>) {
    this.#log.log(`seal ${number}: ${count} events, ${firstSeq} to ${lastSeq}, head ${head.toString('hex')}`);
  }
}
