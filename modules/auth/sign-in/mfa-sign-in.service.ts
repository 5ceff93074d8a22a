import { Injectable } from '@nestjs/common';
import { AuditLog } from '#libs/audit-log';
import { AssertionVerifier } from '../webauthn/assertion-verifier.js';
import { type Browser, SessionsService } from '../sessions/sessions.service.js';
import { MfaChallengesService } from './mfa-challenges.service.js';
import { CodeWrong, type FactorInput } from '../mfa/mfa.contract.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';
import { countSignIn } from './sign-in-metrics.js';

/** Completes a sign-in with its second factor. */
@Injectable()
export class MfaSignInService {
  constructor(
    private readonly challenges: MfaChallengesService,
    private readonly factors: SecondFactorsService,
    private readonly assertions: AssertionVerifier,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** Returns the options with which a browser asks the user's passkeys. Throws `ChallengeOver`. */
  async options(secret: string | undefined) {
    const { id, userId } = await this.challenges.get(secret);
    return this.assertions.request({ purpose: 'second-factor', boundTo: id, userId });
  }

  /** Starts the session. Throws `ChallengeOver`, {@link CodeWrong} or `TooManyCodes`. */
  async complete(secret: string | undefined, input: FactorInput, browser: Browser) {
    const { id, userId, amr, provider, providerSid } = await this.challenges.attempt(secret);
    const attempt = { userId, input, purpose: 'second-factor' as const, boundTo: id };
    const signedIn = await this.factors.prove(attempt, async (second) => {
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
    countSignIn({ method: 'second-factor', outcome: signedIn ? 'succeeded' : 'failed' });
    if (signedIn) return signedIn;
    const refused = { action: 'sessions.start', target: `user:${userId}`, outcome: 'failure' } as const;
    const meta = { proven: amr, wrong: input.passkey ? 'passkey' : 'code' };
    await this.audit.recordRefusal({ ...refused, meta }, userId);
    throw new CodeWrong();
  }
}
