import { Injectable, Logger } from '@nestjs/common';
import { AuthenticationRequired } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import { callingNetwork } from '#libs/context';
import { Database } from '#libs/database';
import { email, personName, UsersService } from '#modules/users';
import { lockOwner, lockUserShared, type Owner } from '../sessions/user-locks.js';
import { newSecret } from '../secrets/secrets.js';
import { CredentialsWrong } from '../sessions/session-problems.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';
import { ProofIncomplete } from '../sign-in/sessions.contract.js';
import { SudoAttempts } from '../sign-in/sudo-attempts.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { IdentitiesService } from './identities.service.js';
import { type Attempt, LoginTransactions } from './login-transactions.js';
import type { OpenidProvider, Profile, Proof } from './openid-provider.js';
import { describe } from './provider-errors.js';
import { OpenidProviders } from './openid-providers.js';
import { SignInRefused } from './sign-in-refused.js';

/** Seconds that the clock of a provider may be behind ours. */
const clockTolerance = 30;

/** A browser brings this back from a provider. */
export interface Callback {
  provider: string;
  parameters: Record<string, string>;
  /** The secret in the cookie `oidc_state`. */
  browserSecret: string | undefined;
  browser: Browser;
  /** The account that is signed in in this browser. */
  current: Owner | undefined;
}

/** The secret of a session that was started or renewed, or of a sign-in that waits for its second factor. */
interface Secret {
  cookie: 'sid' | 'mfa';
  value: string;
}

type Transaction = NonNullable<Awaited<ReturnType<LoginTransactions['consume']>>>;

/** To an OpenID provider and back: to sign in, to link an identity, or to prove again who it is. */
@Injectable()
export class OidcSignInService {
  readonly #log = new Logger('OpenID');

  constructor(
    private readonly db: Database,
    private readonly providers: OpenidProviders,
    private readonly transactions: LoginTransactions,
    private readonly identities: IdentitiesService,
    private readonly users: UsersService,
    private readonly signIns: SignInService,
    private readonly sessions: SessionsService,
    private readonly factors: SecondFactorsService,
    private readonly sudoAttempts: SudoAttempts,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Returns where to send the browser, and the secret for its cookie, which is the one it has when it has one. Throws
   * ProviderNotFound or ProviderUnavailable.
   */
  async beginAuthorization(attempt: Omit<Attempt, 'data'>, browserSecret = newSecret()) {
    const provider = this.providers.get(attempt.provider);
    const { location, state } = await provider.beginAuthorization({ isFresh: attempt.purpose === 'sudo' });
    await this.transactions.open(browserSecret, { ...attempt, data: state });
    return { location, secret: browserSecret };
  }

  /**
   * Proves the second factor of an account that has one, before the browser goes to a provider to prove the first: a provider
   * counts as one factor, in sudo as in signing in. Throws {@link ProofIncomplete} or `ProofWrong`, or AuthenticationRequired when too many proofs in a row failed.
   */
  async proveSecondFactor({ userId, sessionId }: Owner, code: string | undefined): Promise<void> {
    if (!(await this.factors.statusOf(userId)).required) return;
    if (code === undefined) throw new ProofIncomplete();
    const attempt = { userId, input: { code }, purpose: 'sudo' as const, boundTo: sessionId };
    await this.sudoAttempts.run({ userId, sessionId }, () =>
      this.factors.prove(attempt, (amr) => Promise.resolve(amr)),
    );
  }

  /** Returns where to go on, and the secret for a cookie if there is a new one. Throws {@link SignInRefused} or ProviderNotFound. */
  async handleCallback(callback: Callback): Promise<{ returnTo: string; secret?: Secret }> {
    const provider = this.providers.get(callback.provider);
    try {
      const transaction = await this.#consume(callback);
      const proof = await provider.handleCallback(callback.parameters, transaction.data);
      const secret = await this.#finish(provider, transaction, proof, callback);
      return { returnTo: transaction.returnTo, ...(secret && { secret }) };
    } catch (error) {
      const refused = asRefusal(error);
      if (refused instanceof SignInRefused) await this.#note(refused, callback.provider);
      throw refused;
    }
  }

  async #note(refused: SignInRefused, provider: string): Promise<void> {
    this.#log.warn(`Refused who came back from ${provider}: ${describe(refused)}`);
    const event = { action: 'identities.use', target: `provider:${provider}`, outcome: 'failure' } as const;
    await this.audit.recordRefusal({ ...event, meta: { refusal: refused.refusal } }, callingNetwork());
  }

  /** Before anything else: an answer is good for one try. */
  async #consume({ parameters: { state }, browserSecret, provider }: Callback): Promise<Transaction> {
    const transaction =
      state && browserSecret && (await this.transactions.consume(browserSecret, state, provider));
    if (!transaction) throw new SignInRefused('failed', { cause: new Error('no such attempt') });
    return transaction;
  }

  #finish(
    provider: OpenidProvider,
    transaction: Transaction,
    proof: Proof,
    callback: Callback,
  ): Promise<Secret | undefined> {
    if (transaction.purpose === 'login') return this.#signIn(provider, proof, callback.browser);
    const { current } = callback;
    if (!current || current.userId !== transaction.userId) throw new SignInRefused('other_user');
    return transaction.purpose === 'link'
      ? this.#link(current, proof)
      : this.#elevate(current, transaction.startedAt, proof);
  }

  async #signIn(provider: OpenidProvider, proof: Proof, browser: Browser): Promise<Secret> {
    const { name } = provider.settings;
    const known = await this.identities.find(proof);
    if (known?.isSuspended) throw new SignInRefused('identity_suspended');
    // Asked before the transaction: a provider may take its time.
    const profile = known ? undefined : await proof.profile();
    return this.db.transaction(async () => {
      if (known) await lockUserShared(this.db, known.userId);
      const userId = (await this.identities.use(proof)) ?? (await this.#admit(provider, proof, profile));
      this.audit.record({ action: 'identities.use', target: `user:${userId}`, meta: { provider: name } });
      const start = { userId, browser, provider: { name, sid: proof.sid } };
      // One factor: what else a provider asked for is its own affair (ASVS 5.0 6.8.4).
      const { status, secret } = await this.signIns.proceed({ ...start, amr: ['fed'], aal: 1 });
      return { cookie: status === 'signed_in' ? 'sid' : 'mfa', value: secret };
    });
  }

  /**
   * Opens an account for an unknown person. The address has to be proven by a provider whose word counts, and to be free:
   * a person who has an account with it signs in to that one first, and links this identity there.
   */
  async #admit({ settings }: OpenidProvider, proof: Proof, profile: Profile | undefined): Promise<string> {
    const address = email.safeParse(profile?.email);
    // Asked first: an address that is not proven must not tell whether it has an account.
    if (!address.success || profile?.email_verified !== true || !settings.trust_email)
      throw new SignInRefused('email_unverified');
    const name = personName.safeParse(profile.name).data ?? address.data.split('@')[0]!;
    const userId = await this.users.add({ email: address.data, name });
    // Another person has it; or the same person, in the other tab.
    if (!userId) return (await this.identities.use(proof)) ?? refuseTaken();
    await this.identities.link(userId, proof);
    const meta = { provider: settings.name };
    this.audit.record({ action: 'users.register', target: `user:${userId}`, meta });
    return userId;
  }

  async #link(owner: Owner, proof: Proof): Promise<undefined> {
    const { userId } = owner;
    await this.db.transaction(async () => {
      await lockOwner(this.db, owner);
      const isNew = await this.identities.link(userId, proof);
      if (isNew) this.identities.notify(userId, proof.issuer, 'identity-linked');
    });
  }

  async #elevate({ userId, sessionId }: Owner, startedAt: Date, proof: Proof): Promise<Secret> {
    const earliest = startedAt.getTime() / 1000 - clockTolerance;
    if (proof.authTime === undefined || proof.authTime < earliest) throw new SignInRefused('not_fresh');
    return this.db.transaction(async () => {
      await lockUserShared(this.db, userId);
      if ((await this.identities.use(proof)) !== userId) throw new SignInRefused('other_user');
      return { cookie: 'sid', value: await this.sessions.elevate(sessionId) };
    });
  }
}

/** Says what ended the account or the session in the meantime to the person who comes back from the provider. */
function asRefusal(error: unknown): unknown {
  if (error instanceof CredentialsWrong) return new SignInRefused('account_closed');
  return error instanceof AuthenticationRequired ? new SignInRefused('other_user') : error;
}

function refuseTaken(): never {
  throw new SignInRefused('account_exists');
}
