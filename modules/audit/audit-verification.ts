import { sql } from 'drizzle-orm';
import type { Keyring } from '#libs/config';
import type { Database } from '#libs/database';
import { type AuditEventReader, eventsOf, sealsOf } from './audit-event-reader.js';
import { type Digest, link, start, unpack } from './chain.js';
import { type Seal, signatureState } from './seal.js';

export interface Finding {
  kind:
    | 'event-changed'
    | 'event-missing'
    | 'event-added'
    | 'seal-missing'
    | 'seal-forged'
    | 'seal-unverifiable'
    | 'head-unknown'
    | 'trigger-off';
  /** The number of the event, or of the seal. */
  seq?: number;
  seal?: number;
  detail: string;
}

export interface Verification {
  seals: number;
  /** The number of events under a seal. The later events in `unsealed` have no seal yet. */
  sealed: number;
  unsealed: number;
  /** The head of the last seal. */
  head: string | undefined;
  findings: Finding[];
}

/**
 * Compares the audit log with its seals. `head` is a head in hex that was kept elsewhere: the chain must reach it, otherwise
 * the end of the log was removed or rewritten.
 */
export async function verifyAudit(
  db: Database,
  keyring: Keyring,
  { head }: { head?: string } = {},
): Promise<Verification> {
  const run = new VerificationRun(db, keyring, head);
  for await (const seal of sealsOf(db)) await run.compare(seal);
  return run.end(await silentTriggers(db));
}

class VerificationRun {
  readonly #findings: Finding[] = [];
  #events: AuditEventReader;
  /** The number up to which events were read. */
  #readTo = 0;
  #number = 0;
  /** The last seal of the chain, and the last one that was certainly made with a key of ours. */
  #last: Seal | undefined;
  #verified: Seal | undefined;
  /** The numbers of the seals after the verified one. The next verified one confirms them by going on from the last of them. */
  #unverified: number[] = [];
  #seals = 0;
  #sealed = 0;
  #isHeadFound: boolean;

  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
    private readonly wanted: string | undefined,
  ) {
    this.#events = eventsOf(db);
    this.#isHeadFound = wanted === undefined;
  }

  async compare(seal: Seal): Promise<void> {
    const isMissing = this.#reportMissing(seal);
    this.#seals += 1;
    const state = signatureState(this.keyring, seal);
    // The worker goes on from the seal before a forged one, which therefore is no part of the chain.
    if (state === 'forged') return this.#reportForged(seal);
    const before = this.#predecessorOf(seal);
    const digests = unpack(seal.digests);
    const head = digests.reduce(
      (previous, digest) => this.#seen(link(previous, digest)),
      before?.head ?? start,
    );
    // The chain cannot be verified across a missing seal, which is reported already.
    const isBroken = before ? !head.equals(seal.head) : !isMissing;
    if (isBroken || digests.length !== seal.count) {
      this.#reportForged(seal);
      if (state === 'unknown') return;
    }
    this.#compareEvents(seal, digests, await this.#read(seal));
    this.#last = seal;
    if (state === 'unknown') return void this.#unverified.push(seal.number);
    this.#verified = seal;
    this.#unverified = [];
  }

  async end(triggers: string[]): Promise<Verification> {
    const last = this.#last;
    if (last && this.#unverified.length > 0) this.#reportUnverifiable(last.number);
    if (!this.#isHeadFound)
      this.#find({
        kind: 'head-unknown',
        detail: `Nothing in the log leads to ${this.wanted}: events up to that head are missing or changed.`,
      });
    for (const table of triggers)
      this.#find({ kind: 'trigger-off', detail: `${table} has lost the trigger that keeps it append-only.` });
    return {
      seals: this.#seals,
      sealed: this.#sealed,
      unsealed: await this.#events.rest(),
      head: last?.head.toString('hex'),
      findings: this.#findings,
    };
  }

  #reportMissing({ number }: Seal): boolean {
    const expected = this.#number + 1;
    this.#number = number;
    if (number === expected) return false;
    const missing =
      number === expected + 1 ? `Seal ${expected} is` : `Seals ${expected} to ${number - 1} are`;
    this.#find({ kind: 'seal-missing', seal: expected, detail: `${missing} missing.` });
    return true;
  }

  /**
   * Returns the end of the chain that the seal goes on from. That is an earlier one when the worker could not verify what came
   * after it: the seals between prove nothing then.
   */
  #predecessorOf({ firstSeq }: Seal): Pick<Seal, 'head'> | undefined {
    if (firstSeq === (this.#last?.lastSeq ?? 0) + 1) return this.#last ?? { head: start };
    const isFromVerified = firstSeq === (this.#verified?.lastSeq ?? 0) + 1;
    if (!isFromVerified && firstSeq !== 1) return undefined;
    for (const number of this.#unverified) this.#reportUnverifiable(number);
    this.#unverified = [];
    return isFromVerified && this.#verified ? this.#verified : { head: start };
  }

  /** Returns the events of the range. It reads them again where the range begins before the end of the previous one. */
  async #read({ firstSeq, lastSeq }: Seal): Promise<Digest[]> {
    if (firstSeq <= this.#readTo) this.#events = eventsOf(this.db, firstSeq - 1);
    const events = await this.#events.upTo(lastSeq);
    this.#sealed += events.filter(({ seq }) => seq >= firstSeq && seq > this.#readTo).length;
    this.#readTo = Math.max(this.#readTo, lastSeq);
    return events;
  }

  #reportForged({ number }: Seal): void {
    this.#find({ kind: 'seal-forged', seal: number, detail: 'It is not the seal that was made.' });
  }

  #reportUnverifiable(number: number): void {
    const detail = 'Its key is not in SECRET_KEYS, so anyone could have made it.';
    this.#find({ kind: 'seal-unverifiable', seal: number, detail });
  }

  #compareEvents(seal: Seal, digests: Digest[], found: Digest[]): void {
    const expected = new Map(digests.map(({ seq, hash }) => [seq, hash]));
    for (const { seq, hash } of found) {
      // Lower numbers are in the range of a missing seal.
      if (seq < seal.firstSeq) continue;
      const sealed = expected.get(seq);
      expected.delete(seq);
      if (!sealed) this.#report('event-added', seq, seal, 'was not there');
      else if (!sealed.equals(hash)) this.#report('event-changed', seq, seal, 'was another');
    }
    for (const seq of expected.keys()) this.#report('event-missing', seq, seal, 'was there');
  }

  #report(kind: Finding['kind'], seq: number, { number, sealedAt }: Seal, words: string): void {
    const detail = `Event ${seq} ${words} when seal ${number} was made (${sealedAt.toISOString()}).`;
    this.#find({ kind, seq, seal: number, detail });
  }

  #seen(head: Buffer): Buffer {
    if (head.toString('hex') === this.wanted) this.#isHeadFound = true;
    return head;
  }

  #find(finding: Finding): void {
    this.#findings.push(finding);
  }
}

/** Returns the tables whose trigger was dropped or disabled. */
async function silentTriggers(db: Database): Promise<string[]> {
  const { rows } = await db.conn.execute<{ name: string }>(sql`
    select name from unnest(array['audit_events', 'audit_seals']) as name
    where not exists (select from pg_trigger where tgrelid = name::regclass
      and tgname = name || '_append_only' and tgenabled in ('O', 'A'))`);
  return rows.map(({ name }) => name);
}
