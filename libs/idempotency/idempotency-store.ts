import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Keyring } from '#libs/config';
import { CommitOutcomeUnknown, Database, inlineSql } from '#libs/database';
import type { FinalResponse } from '#libs/http';
import { fingerprint, fingerprintPurpose, keyId } from './fingerprint.js';
import { countResolved, measureStored } from './metrics.js';
import { IdempotencyInProgress, IdempotencyKeyReused, IdempotencyOutcomeUnknown } from './problems.js';
import { seal, unseal } from './stored-response.js';

/** The result of a handler: the response to send, and a flag that decides about its changes. */
export interface Outcome {
  response: FinalResponse;
  /** False for an expected failure: the store keeps the answer and undoes the changes. */
  keepChanges: boolean;
}

export interface Replayable {
  response: FinalResponse;
  isReplay: boolean;
}

/** Milliseconds to wait until the server notices that a connection broke and ends its transaction. */
const resolveWithinMs = 5000;

interface Claim {
  outcome: 'new' | 'replay' | 'in_flight';
  response: Buffer | null;
  fingerprint: Buffer | null;
}

/**
 * Runs the work of one key once. The claim, the work, the stored response and the enqueued jobs are one transaction. The
 * claim travels with BEGIN and the response with COMMIT, so neither costs a round trip, and a crash cannot leave a state
 * between "not done" and "done". See docs/adr/0005-idempotency.md.
 */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /**
   * Returns the response of the first request with this key: `work` makes it now, or it is read. `digest` must be the same
   * for a repetition. When `work` throws, the error is passed on, nothing is kept and the key is free.
   */
  async once(caller: string, key: string, digest: Buffer, work: () => Promise<Outcome>): Promise<Replayable> {
    const id = keyId(caller, key);
    const prints = this.keyring.all(fingerprintPurpose).map(({ secret }) => fingerprint(digest, secret));
    try {
      return await this.#claimed(id, prints, work);
    } catch (error) {
      if (!(error instanceof CommitOutcomeUnknown)) throw error;
      return this.#resolve(id, prints);
    }
  }

  #claimed(id: Buffer, prints: Buffer[], work: () => Promise<Outcome>): Promise<Replayable> {
    const lookup = inlineSql`select * from idempotency_claim(${id})`;
    return this.db.transaction(
      async ([row]) => {
        const claim = row as unknown as Claim;
        const stored = this.#stored(claim, id, prints);
        if (stored) return { response: stored, isReplay: true };
        const { response, keepChanges } = await work();
        if (!keepChanges) this.db.rollbackToStart();
        const print = prints[0]!;
        const sealed = seal(response, Buffer.concat([id, print]), this.keyring);
        this.db.beforeCommit(inlineSql`select idempotency_finish(${id}, ${print}, ${sealed})`);
        this.db.afterCommit(() => measureStored(sealed.length, {}));
        return { response, isReplay: false };
      },
      { onBegin: lookup },
    );
  }

  #stored(claim: Claim, id: Buffer, prints: Buffer[]): FinalResponse | undefined {
    if (claim.outcome === 'in_flight') throw new IdempotencyInProgress(undefined, { retryAfter: 1 });
    if (claim.outcome === 'new' || !claim.response || !claim.fingerprint) return undefined;
    const print = claim.fingerprint;
    if (!prints.some((own) => own.equals(print))) throw new IdempotencyKeyReused();
    return unseal(claim.response, Buffer.concat([id, print]), this.keyring);
  }

  /** Finds out whether a COMMIT without an answer took effect. Getting the lock proves that the old transaction has ended. */
  async #resolve(id: Buffer, prints: Buffer[]): Promise<Replayable> {
    const nothing = new IdempotencyOutcomeUnknown(undefined, { retryAfter: 1 });
    for (const start = performance.now(); performance.now() - start < resolveWithinMs;) {
      try {
        const found = await this.#claimed(id, prints, () => Promise.reject(nothing));
        countResolved({ outcome: 'found' });
        return { ...found, isReplay: false };
      } catch (error) {
        if (error === nothing) {
          countResolved({ outcome: 'absent' });
          throw error;
        }
        await sleep(50);
      }
    }
    countResolved({ outcome: 'unresolved' });
    throw nothing;
  }
}
