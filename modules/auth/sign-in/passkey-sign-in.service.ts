import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { callingNetwork } from '#libs/context';
import { Database } from '#libs/database';
import { lockUserShared } from '../sessions/user-locks.js';
import { newSecret } from '../secrets/secrets.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { AssertionVerifier } from '../webauthn/assertion-verifier.js';
import { PasskeyWrong } from '../mfa/passkeys.contract.js';
import { countSignIn } from './sign-in-metrics.js';
import type { Assertion } from '../webauthn/webauthn.contract.js';

/** Signs users in with a passkey alone. A passkey is two factors already, so no second factor follows. */
@Injectable()
export class PasskeySignInService {
  constructor(
    private readonly db: Database,
    private readonly assertions: AssertionVerifier,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** Returns the options, and the secret for the cookie of the browser that may use them. */
  async options() {
    const secret = newSecret();
    return { secret, options: await this.assertions.request({ purpose: 'sign-in', boundTo: secret }) };
  }

  /** Starts the session. `secret` is from the cookie that came with the options. Throws {@link PasskeyWrong}. */
  async complete(secret: string | undefined, passkey: Assertion, browser: Browser) {
    if (secret === undefined) throw new PasskeyWrong();
    const proven = await this.assertions.verify(passkey, { purpose: 'sign-in', boundTo: secret });
    if (!proven) {
      countSignIn({ method: 'passkey', outcome: 'failed' });
      const refused = { action: 'sessions.start', target: 'user:unknown', outcome: 'failure' } as const;
      await this.audit.recordRefusal({ ...refused, meta: { wrong: 'passkey' } }, callingNetwork());
      throw new PasskeyWrong();
    }
    const { userId, passkeyId, amr } = proven;
    return this.db.transaction(async () => {
      await lockUserShared(this.db, userId);
      // The user may have removed the passkey since it signed. The removal ended only the sessions that existed then.
      if (!(await this.assertions.isThere(passkeyId))) throw new PasskeyWrong();
      const { id, secret: sid } = await this.sessions.start({ userId, amr, aal: 2, browser });
      this.db.afterCommit(() => countSignIn({ method: 'passkey', outcome: 'succeeded' }));
      return { secret: sid, session: await this.sessions.get(id) };
    });
  }
}
