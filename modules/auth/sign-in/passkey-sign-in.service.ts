import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { callingNetwork } from '#libs/context';
import { Database } from '#libs/database';
import { lockUserShared } from '../sessions/user-locks.js';
import { newSecret } from '../secrets/secrets.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { Assertions } from '../webauthn/assertions.js';
import { PasskeyWrong } from '../mfa/passkeys.contract.js';
import type { Assertion } from '../webauthn/webauthn.contract.js';

/** Signing in with a passkey alone: it is two factors already, so nothing follows. */
@Injectable()
export class PasskeySignInService {
  constructor(
    private readonly db: Database,
    private readonly assertions: Assertions,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** Options, and the secret for the cookie of the browser that may use them. */
  async options() {
    const secret = newSecret();
    return { secret, options: await this.assertions.request({ purpose: 'sign-in', boundTo: secret }) };
  }

  /** `secret` is of the cookie that came with the options. Throws {@link PasskeyWrong}. */
  async complete(secret: string | undefined, passkey: Assertion, browser: Browser) {
    if (secret === undefined) throw new PasskeyWrong();
    const proven = await this.assertions.verify(passkey, { purpose: 'sign-in', boundTo: secret });
    if (!proven) {
      const refused = { action: 'sessions.start', target: 'user:unknown', outcome: 'failure' } as const;
      await this.audit.recordRefusal({ ...refused, meta: { wrong: 'passkey' } }, callingNetwork());
      throw new PasskeyWrong();
    }
    const { userId, passkeyId, amr } = proven;
    return this.db.transaction(async () => {
      await lockUserShared(this.db, userId);
      // Removed in the moment since it signed: the removal has ended the sessions that it found.
      if (!(await this.assertions.isThere(passkeyId))) throw new PasskeyWrong();
      const { id, secret: sid } = await this.sessions.start({ userId, amr, aal: 2, browser });
      return { secret: sid, session: await this.sessions.get(id) };
    });
  }
}
