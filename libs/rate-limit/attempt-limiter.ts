import { createHmac } from 'node:crypto';
import { applyDecorators, Injectable, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { InjectThrottlerStorage, normalizeIp } from '@nestjs/throttler';
import { Config, Keyring } from '#libs/config';
import { TooManyRequests } from '#libs/http';
import { rateLimitHeaders, wholeSeconds } from './headers.js';
import { Limiter } from './limiter.js';

export interface AttemptRule {
  name: string;
  /** Whose account a body is about, in canonical form; whether there is such an account plays no part. */
  accountIn: ((body: unknown) => string | undefined) | undefined;
}

export const attemptRule = Symbol('attempt rule');

/**
 * Counts the requests of a route where guessing or repeating would pay: before anything is checked or hashed, by
 * address, by address and account, and by account. The account is that of who is signed in, or what `accountIn` finds
 * in the body of a public route.
 */
export const LimitAttempts = (name: string, accountIn?: AttemptRule['accountIn']) =>
  applyDecorators(
    SetMetadata(attemptRule, { name, accountIn } satisfies AttemptRule),
    ApiExtension('x-attempts', name),
  );

/** One request of such a route. */
export interface Attempt {
  name: string;
  /** As in {@link AttemptRule}; nothing where the secret itself names the account. */
  account: string | undefined;
  address: string;
}

interface Quota {
  limit: number;
  seconds: number;
}

/** One number scales them all. At the default of 30 a minute: 5 in 15 minutes of one address for an account, 100 an hour of all. */
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
   * Throws TooManyRequests, or LimitsUnavailable when nobody can count. The address comes first and the account last:
   * whoever is refused for the one does not use up the other, which is somebody else's.
   */
  async count(attempt: Attempt): Promise<void> {
    const { name, account } = attempt;
    await this.#take(name, this.#quotas.address, `${name}:address:${networkOf(attempt)}`);
    if (account === undefined) return;
    await this.#take(name, this.#quotas.both, this.#bothKey(attempt));
    await this.#take(name, this.#quotas.account, this.#accountKey(name, account));
  }

  /**
   * The attempt was right. Clears what this address got wrong for this account, and gives the account back this one
   * attempt. What the address did to other accounts stays counted, and so does what other addresses did to this one.
   */
  async refund(attempt: Attempt): Promise<void> {
    const { name, account } = attempt;
    if (account === undefined) return;
    await this.limiter.refund(this.#bothKey(attempt), this.#quotas.both, this.#quotas.both.limit);
    await this.limiter.refund(this.#accountKey(name, account), this.#quotas.account, 1);
  }

  /** Somebody proved in another way that the account is theirs: what strangers did to it is no longer held against it. */
  async refundAccount(name: string, account: string): Promise<void> {
    const { account: quota } = this.#quotas;
    await this.limiter.refund(this.#accountKey(name, account), quota, quota.limit);
  }

  async #take(name: string, quota: Quota, key: string): Promise<void> {
    const { isBlocked, timeToBlockExpire } = await this.limiter.count(key, quota);
    if (!isBlocked) return;
    const retryAfter = wholeSeconds(timeToBlockExpire);
    const headers = rateLimitHeaders({ name, ...quota }, { remaining: 0, refillAfter: retryAfter });
    throw new TooManyRequests(undefined, { retryAfter, headers });
  }

  #bothKey(attempt: Attempt): string {
    return `${this.#accountKey(attempt.name, attempt.account!)}:${networkOf(attempt)}`;
  }

  /** No table or cache tells which addresses somebody tried. */
  #accountKey(name: string, account: string): string {
    const { secret } = this.keyring.primary('rate-limit');
    return `${name}:account:${createHmac('sha256', secret).update(account).digest('base64url')}`;
  }
}

/** As in RateLimitGuard: IPv4 in one spelling, IPv6 by its /64. */
const networkOf = ({ address }: Attempt) => normalizeIp(address);
