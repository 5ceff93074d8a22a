import { createHmac } from 'node:crypto';
import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { InjectThrottlerStorage } from '@nestjs/throttler';
import { Config, Keyring } from '#libs/config';
import type { Budget, Policy } from './headers.js';
import { Limiter } from './limiter.js';
import { networkKeyOf } from './network-key.js';

export interface AttemptRule {
  name: string;
  /** Returns the account that a body names, in canonical form. It does not matter whether the account exists. */
  accountIn: ((body: unknown) => string | undefined) | undefined;
}

export const attemptRule = Symbol('attempt rule');

/**
 * Counts the requests of a route where guessing or repeating would pay: by address, by address and account, and by account,
 * before any check or hash. The account is the one of the signed-in user, or on a public route the one that `accountIn` finds
 * in the body.
 */
export const LimitAttempts = (name: string, accountIn?: AttemptRule['accountIn']) =>
  applyDecorators(
    SetMetadata(attemptRule, { name, accountIn } satisfies AttemptRule),
    ApiExtension('x-attempts', name),
  );

/** One request of a route with an {@link AttemptRule}. */
export interface Attempt {
  name: string;
  /** The account in canonical form, or undefined where the secret itself names the account. */
  account: string | undefined;
  /** The address of the client in canonical form, or undefined when it is unknown. */
  address: string | undefined;
}

type Quota = Omit<Policy, 'name'>;

/**
 * Derives the three quotas from one. The default of 30 a minute allows one address 5 attempts on an account in 15 minutes, and
 * all addresses together 100 an hour.
 */
const quotasFrom = ({ limit, seconds }: Quota) => ({
  address: { limit, seconds },
  both: { limit: Math.ceil(limit / 6), seconds: seconds * 15 },
  account: { limit: Math.ceil((limit * 10) / 3), seconds: seconds * 60 },
});

@Injectable()
export class AttemptLimiter {
  readonly #quotas: ReturnType<typeof quotasFrom>;

  constructor(
    config: Config,
    private readonly keyring: Keyring,
    @InjectThrottlerStorage() private readonly limiter: Limiter,
  ) {
    this.#quotas = quotasFrom(config.RATE_LIMIT_AUTH);
  }

  /**
   * Counts an attempt and returns how it stands with each policy, up to the first one that refuses it. Throws LimitsUnavailable
   * when the store cannot count. It counts the address first and the account last: a caller who is refused by address does not
   * use up the quota of an account, which belongs to another person.
   */
  async count(attempt: Attempt): Promise<Budget[]> {
    const budgets: Budget[] = [];
    for (const { policy, key } of this.#limitsOf(attempt)) {
      const { totalHits, timeToExpire, isBlocked } = await this.limiter.count(key(), policy);
      const remaining = policy.limit - totalHits;
      budgets.push({ policy, remaining, refillAfter: timeToExpire, isRefused: isBlocked });
      if (isBlocked) break;
    }
    return budgets;
  }

  /** Returns the policies that apply to an attempt, in the order in which they are counted. */
  policiesOf(attempt: Attempt): Policy[] {
    return this.#limitsOf(attempt).map(({ policy }) => policy);
  }

  /**
   * Clears the failures of this address for this account and refunds this one attempt to the account, because the attempt
   * succeeded. Attempts of the address on other accounts, and of other addresses on this account, stay counted.
   */
  async refund(attempt: Attempt): Promise<void> {
    const { name, account } = attempt;
    if (account === undefined) return;
    await this.limiter.refund(this.#bothKey(attempt), this.#quotas.both, this.#quotas.both.limit);
    await this.limiter.refund(this.#accountKey(name, account), this.#quotas.account, 1);
  }

  /** Refunds all attempts on an account whose owner has proven in another way that it is theirs: strangers made the others. */
  async refundAccount(name: string, account: string): Promise<void> {
    const { account: quota } = this.#quotas;
    await this.limiter.refund(this.#accountKey(name, account), quota, quota.limit);
  }

  #limitsOf(attempt: Attempt): { policy: Policy; key: () => string }[] {
    const { name, account } = attempt;
    const { address, both, account: ofAccount } = this.#quotas;
    const byAddress = {
      policy: { name: `${name}-address`, ...address },
      key: () => `${name}:address:${networkKeyOf(attempt.address)}`,
    };
    if (account === undefined) return [byAddress];
    return [
      byAddress,
      { policy: { name: `${name}-address-account`, ...both }, key: () => this.#bothKey(attempt) },
      { policy: { name: `${name}-account`, ...ofAccount }, key: () => this.#accountKey(name, account) },
    ];
  }

  #bothKey(attempt: Attempt): string {
    return `${this.#accountKey(attempt.name, attempt.account!)}:${networkKeyOf(attempt.address)}`;
  }

  /** Returns the key of an account. It is a keyed hash, so that no table or cache tells which addresses callers tried. */
  #accountKey(name: string, account: string): string {
    const { secret } = this.keyring.primary('rate-limit');
    return `${name}:account:${createHmac('sha256', secret).update(account).digest('base64url')}`;
  }
}
