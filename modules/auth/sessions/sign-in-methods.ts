import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { defineProblem } from '#libs/problem';
import { credentials } from '../secrets/auth.schema.js';
import { identities } from '../oidc/oidc.schema.js';
import { passkeys } from '../webauthn/passkeys.schema.js';

class LastWayToSignIn extends defineProblem({
  kind: 'conflict',
  code: 'auth.last-way-to-sign-in',
  title: 'This is the last way to sign in',
  help: 'Without it nobody could use the account again. Set a password, add a passkey or link another identity first.',
}) {}

/** Everything that can begin a session. What removes one of them asks here whether another one is left. */
@Injectable()
export class SignInMethods {
  /** An identity of a provider that is no longer configured opens nothing. */
  readonly #issuers: string[];

  constructor(
    private readonly db: Database,
    config: Config,
  ) {
    this.#issuers = config.OIDC_PROVIDERS.map(({ issuer }) => issuer);
  }

  /** To be asked after the removal, in its transaction and with the user locked. Throws {@link LastWayToSignIn}. */
  async assertOneLeft(userId: string): Promise<void> {
    const isUsable = and(eq(identities.userId, userId), inArray(identities.issuer, this.#issuers));
    const ways =
      (await this.db.tx.$count(credentials, eq(credentials.userId, userId))) +
      (await this.db.tx.$count(passkeys, eq(passkeys.userId, userId))) +
      (await this.db.tx.$count(identities, isUsable));
    if (ways === 0) throw new LastWayToSignIn();
  }
}
