import { Injectable } from '@nestjs/common';
import { asc, between, desc, gt } from 'drizzle-orm';
import { auditEvents } from '#libs/audit-log';
import { Keyring } from '#libs/config';
import { Database } from '#libs/database';
import type { AuditChain } from './audit-chain.contract.js';
import { auditSeals } from './audit-seals.schema.js';
import { digestOf, link, sealedColumns, start, unpack } from './chain.js';
import { type Seal, signatureState } from './seal.js';

/** A page asks again and again: ten seals hold 10,000 events at most, which take some milliseconds each thousand. */
const seals = 10;

const unsealedAtMost = 1000;

/** Compares the end of the audit log with its seals: what an operator wants to see at a glance, at a bounded cost. */
@Injectable()
export class AuditChainService {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  async verify(): Promise<AuditChain> {
    const latest = await this.db.conn
      .select()
      .from(auditSeals)
      .orderBy(desc(auditSeals.number))
      .limit(seals + 1);
    const chain = latest.slice(0, seals).toReversed();
    const findings: string[] = [];
    let last = latest[seals];
    let verified = 0;
    for (const seal of chain) {
      const events = await this.#eventsOf(seal);
      findings.push(...faultsOf(seal, last, events).concat(this.#signatureFaults(seal)));
      verified += events.length;
      last = seal;
    }
    const unsealed = await this.db.conn
      .select({ seq: auditEvents.seq })
      .from(auditEvents)
      .where(gt(auditEvents.seq, last?.lastSeq ?? 0))
      .limit(unsealedAtMost);
    return {
      is_intact: findings.length === 0,
      verified_seals: chain.length,
      verified_events: verified,
      unsealed_events: unsealed.length,
      last_sealed_at: last?.sealedAt ?? null,
      findings,
    };
  }

  #signatureFaults(seal: Seal): string[] {
    return signatureState(this.keyring, seal) === 'forged'
      ? [`Seal ${seal.number} has a forged signature.`]
      : [];
  }

  #eventsOf({ firstSeq, lastSeq, count }: Seal) {
    return this.db.conn
      .select(sealedColumns)
      .from(auditEvents)
      .where(between(auditEvents.seq, firstSeq, lastSeq))
      .orderBy(asc(auditEvents.seq))
      .limit(count + 1);
  }
}

function faultsOf(seal: Seal, last: Seal | undefined, events: { seq: number; text: string }[]): string[] {
  const digests = unpack(seal.digests);
  const found = events.map(digestOf);
  const isSame =
    found.length === digests.length &&
    found.every(({ seq, hash }, index) => seq === digests[index]!.seq && hash.equals(digests[index]!.hash));
  const isLinked = digests.reduce(link, last?.head ?? start).equals(seal.head);
  return [
    ...(isSame ? [] : [`Events ${seal.firstSeq} to ${seal.lastSeq} are not those of seal ${seal.number}.`]),
    ...(isLinked ? [] : [`Seal ${seal.number} does not follow from the one before.`]),
  ];
}
