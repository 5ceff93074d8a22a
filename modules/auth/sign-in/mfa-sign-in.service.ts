import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { Assertions } from '../webauthn/assertions.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { MfaChallengesService } from './mfa-challenges.service.js';
import { CodeWrong, type FactorInput } from '../mfa/mfa.contract.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';

/** From a sign-in that waits to a session. */
@Injectable()
export class MfaSignInService {
  constructor(
    private readonly challenges: MfaChallengesService,
    private readonly factors: SecondFactorsService,
    private readonly assertions: Assertions,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** What a browser needs to ask the user's passkeys. Throws `ChallengeOver`. */
  async options(secret: string | undefined) {
    const { id, userId } = await this.challenges.get(secret);
    return this.assertions.request({ purpose: 'second-factor', boundTo: id, userId });
  }

  /** Throws `ChallengeOver`, {@link CodeWrong} or `TooManyCodes`. */
  async complete(secret: string | undefined, given: FactorInput, browser: Browser) {
    const { id, userId, amr, provider, providerSid } = await this.challenges.attempt(secret);
    const claim = { userId, given, purpose: 'second-factor' as const, boundTo: id };
    const signedIn = await this.factors.prove(claim, async (second) => {
      await this.challenges.consume(id);
      const started = await this.sessions.start({
        userId,
        amr: [...amr, ...second],
        aal: 2,
        browser,
        ...(provider !== null && { provider: { name: provider, sid: providerSid ?? undefined } }),
      });
      return { secret: started.secret, session: await this.sessions.get(started.id) };
    });
    if (signedIn) return signedIn;
    const refused = { action: 'sessions.start', target: `user:${userId}`, outcome: 'failure' } as const;
    const meta = { proven: amr, wrong: given.passkey ? 'passkey' : 'code' };
    await this.audit.recordRefusal({ ...refused, meta }, userId);
    throw new CodeWrong();
  }
}
