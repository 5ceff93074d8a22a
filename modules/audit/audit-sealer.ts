import { Injectable, Logger } from '@nestjs/common';
import { and, asc, desc, gt, lte, max, sql } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { Database } from '#libs/database';
import { auditSeals } from './audit-seals.schema.js';
import { digestOf, link, pack, sealedColumns, start } from './chain.js';
import { type Seal, sealingKey, signatureOf, signatureState } from './seal.js';
import { WriterBarrier } from './writer-barrier.js';

/** Any number, the same everywhere: one process seals at a time. */
const sealingLock = 71_004;

/** Events of one seal: about a megabyte to read, 40 KB of digests to store. */
const maxEvents = 1000;

/** Seals of one round: a hundred thousand events a minute, more than one database writes. */
const maxSeals = 100;

/** Seals what the audit log holds, so that nobody who can write to the database changes it unseen. */
@Injectable()
export class AuditSealer {
  readonly #log = new Logger('Audit');

  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    private readonly writers: WriterBarrier,
  ) {}

  /** One round. Throws when the last seal is not ours: to seal on top of it would vouch for it. */
  async seal(): Promise<void> {
    const [found] = await this.db.conn.select({ seq: max(auditEvents.seq) }).from(auditEvents);
    const upTo = found?.seq ?? 0;
    // A lower number may still be on its way to COMMIT.
    await this.writers.wait();
    for (let n = 0; n < maxSeals && (await this.#sealSome(upTo)) === maxEvents; n += 1);
  }

  /** How many events the new seal holds. */
  #sealSome(upTo: number): Promise<number> {
    return this.db.transaction(async () => {
      const { rows } = await this.db.tx.execute<{ held: boolean; now: string }>(
        sql`select pg_try_advisory_xact_lock(${sealingLock}) as held, date_trunc('milliseconds', clock_timestamp()) as now`,
      );
      const { held, now } = rows[0]!;
      if (!held) return 0;
      const last = await this.#last();
      const events = await this.#eventsAfter(last, upTo);
      const key = sealingKey(this.keyring);
      // Without new events a new key signs where the old one ended: the old one may be forgotten then.
      if (events.length === 0 && (!last || last.keyId === key.id)) return 0;
      const digests = events.map(digestOf);
      const seal = {
        number: (last?.number ?? 0) + 1,
        firstSeq: (last?.lastSeq ?? 0) + 1,
        lastSeq: events.at(-1)?.seq ?? last?.lastSeq ?? 0,
        count: events.length,
        head: digests.reduce(link, last?.head ?? start),
        sealedAt: new Date(now),
      };
      const signature = signatureOf(key, seal);
      await this.db.tx
        .insert(auditSeals)
        .values({ ...seal, digests: pack(digests), keyId: key.id, signature });
      this.db.afterCommit(() => this.#tell(seal));
      return events.length;
    });
  }

  async #last(): Promise<Seal | undefined> {
    const [last] = await this.db.tx.select().from(auditSeals).orderBy(desc(auditSeals.number)).limit(1);
    if (!last) return undefined;
    const state = signatureState(this.keyring, last);
    if (state === 'forged')
      throw new Error(`Seal ${last.number} of the audit log is forged: npm run audit:verify`);
    if (state === 'unknown')
      throw new Error(
        `Seal ${last.number} of the audit log was signed with a key that is not in SECRET_KEYS. Put the key back behind the first one until a new seal is made.`,
      );
    return last;
  }

  #eventsAfter(last: Seal | undefined, upTo: number) {
    return this.db.tx
      .select(sealedColumns)
      .from(auditEvents)
      .where(and(gt(auditEvents.seq, last?.lastSeq ?? 0), lte(auditEvents.seq, upTo)))
      .orderBy(asc(auditEvents.seq))
      .limit(maxEvents);
  }

  /** The log is elsewhere: whoever removes seal and events together cannot remove this line. */
  #tell({
    number,
    firstSeq,
    lastSeq,
    count,
    head,
  }: Pick<Seal, 'number' | 'firstSeq' | 'lastSeq' | 'count' | 'head'>) {
    this.#log.log(`seal ${number}: ${count} events, ${firstSeq} to ${lastSeq}, head ${head.toString('hex')}`);
  }
}
