import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { Keyring, open, seal } from '#libs/config';
import { Database } from '#libs/database';
import { hashOf } from '../secrets/secrets.js';
import type { AuthorizationState } from './oidc-strategy.js';
import { loginTransactions } from './oidc.schema.js';

const purpose = 'login-transaction';

/** Seconds; of the row and of the cookie. Long enough to find a password manager and a second factor. */
export const transactionLifetime = 600;

type Row = typeof loginTransactions.$inferSelect;

export interface Attempt extends Pick<Row, 'provider' | 'purpose' | 'returnTo' | 'userId'> {
  data: AuthorizationState;
}

/** Remembers who may come back with what. Each attempt has a row of its own, so that two tabs do not disturb each other. */
@Injectable()
export class LoginTransactions {
  constructor(
    private readonly db: Database,
    private readonly keyring: Keyring,
  ) {}

  /** Remembers an attempt of the browser that holds this secret. */
  async open(browserSecret: string, { data, ...attempt }: Attempt): Promise<void> {
    const hash = hashFor(browserSecret, data.state);
    const sealed = seal(Buffer.from(JSON.stringify(data)), { keyring: this.keyring, purpose, bound: hash });
    const expiresAt = sql`now() + make_interval(secs => ${transactionLifetime})`;
    await this.db.conn.insert(loginTransactions).values({ ...attempt, hash, data: sealed, expiresAt });
  }

  /**
   * Takes the attempt away, whatever comes of it: one statement, so that of several who come with the same answer one has
   * it. Nothing when there is none, it has expired, or it was begun in another browser or with another provider.
   */
  async consume(browserSecret: string, state: string, provider: string) {
    const hash = hashFor(browserSecret, state);
    const [row] = await this.db.conn
      .delete(loginTransactions)
      .where(eq(loginTransactions.hash, hash))
      .returning({
        provider: loginTransactions.provider,
        purpose: loginTransactions.purpose,
        data: loginTransactions.data,
        returnTo: loginTransactions.returnTo,
        userId: loginTransactions.userId,
        startedAt: loginTransactions.startedAt,
        isLive: sql<boolean>`${loginTransactions.expiresAt} > now()`,
      });
    if (!row?.isLive || row.provider !== provider) return undefined;
    const { content } = open(row.data, { keyring: this.keyring, purpose, bound: hash });
    return { ...row, data: JSON.parse(content.toString()) as AuthorizationState };
  }
}

/** Cookie and state together: a browser can have several attempts under way, and neither half finds one alone. */
function hashFor(browserSecret: string, state: string): Buffer {
  return hashOf(`${browserSecret}.${state}`);
}
