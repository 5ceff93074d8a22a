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
  const run = new VerificationRun(keyring, head);
  const events = eventsOf(db);
  for await (const seal of sealsOf(db)) await run.compare(seal, events);
  return run.end(events, await silentTriggers(db));
}

class VerificationRun {
  readonly #findings: Finding[] = [];
  #last: Seal | undefined;
  #seals = 0;
  #sealed = 0;
  #isHeadFound: boolean;

  constructor(
    private readonly keyring: Keyring,
    private readonly wanted: string | undefined,
  ) {
    this.#isHeadFound = wanted === undefined;
  }

  async compare(seal: Seal, events: AuditEventReader): Promise<void> {
    const digests = unpack(seal.digests);
    const isNext = this.#follows(seal);
    const head = digests.reduce(
      (before, digest) => this.#seen(link(before, digest)),
      this.#last?.head ?? start,
    );
    // The chain cannot be verified across a missing seal, which is reported already.
    const isBroken = isNext && !head.equals(seal.head);
    if (isBroken || digests.length !== seal.count || signatureState(this.keyring, seal) === 'forged')
      this.#find({ kind: 'seal-forged', seal: seal.number, detail: 'It is not the seal that was made.' });
    this.#compareEvents(seal, digests, await events.upTo(seal.lastSeq));
    this.#last = seal;
    this.#seals += 1;
  }

  async end(events: AuditEventReader, triggers: string[]): Promise<Verification> {
    const last = this.#last;
    if (last && signatureState(this.keyring, last) === 'unknown')
      this.#find({
        kind: 'seal-unverifiable',
        seal: last.number,
        detail: 'Its key is not in SECRET_KEYS, so anyone could have made it.',
      });
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
      unsealed: await events.rest(),
      head: last?.head.toString('hex'),
      findings: this.#findings,
    };
  }

  /** Returns whether the seal is the next one after the last. */
  #follows({ number, firstSeq }: Seal): boolean {
    const expected = (this.#last?.number ?? 0) + 1;
    if (number !== expected) {
      const missing =
        number === expected + 1 ? `Seal ${expected} is` : `Seals ${expected} to ${number - 1} are`;
      this.#find({ kind: 'seal-missing', seal: expected, detail: `${missing} missing.` });
      return false;
    }
    if (firstSeq !== (this.#last?.lastSeq ?? 0) + 1)
      this.#find({
        kind: 'seal-forged',
        seal: number,
        detail: 'It does not begin where the previous seal ends.',
      });
    return true;
  }

  #compareEvents(seal: Seal, digests: Digest[], found: Digest[]): void {
    const expected = new Map(digests.map(({ seq, hash }) => [seq, hash]));
    for (const { seq, hash } of found) {
      // Lower numbers are in the range of a missing seal.
      if (seq < seal.firstSeq) continue;
      const sealed = expected.get(seq);
      expected.delete(seq);
      this.#sealed += 1;
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
