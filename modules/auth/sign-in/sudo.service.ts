import { Injectable } from '@nestjs/common';
import { AccessDenied, getSession, getUser } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import type { SudoProof } from '../mfa/mfa.contract.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';
import { AssertionVerifier } from '../webauthn/assertion-verifier.js';
import { ProofWrong } from './sessions.contract.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInService } from './sign-in.service.js';

/** Lets a signed-in user prove their identity again, with any method of the account. */
@Injectable()
export class SudoService {
  constructor(
    private readonly signIns: SignInService,
    private readonly factors: SecondFactorsService,
    private readonly assertions: AssertionVerifier,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** Returns the options with which a browser asks the user's passkeys. */
  options() {
    const { userId, sessionId } = own();
    return this.assertions.request({ purpose: 'sudo', boundTo: sessionId, userId });
  }

  /** Allows the sensitive actions. Throws {@link ProofWrong} or `TooManyCodes`. */
  async enter(proof: SudoProof) {
    const { userId, sessionId } = own();
    const elevated = await this.#elevate(userId, sessionId, proof);
    if (elevated) return elevated;
    const refused = { action: 'sudo.enter', target: `session:${sessionId}`, outcome: 'failure' } as const;
    await this.audit.recordRefusal(refused, userId);
    throw new ProofWrong();
  }

  #elevate(userId: string, sessionId: string, { password, ...input }: SudoProof) {
    if (password !== undefined) return this.signIns.elevate({ userId, sessionId, password });
    const attempt = { userId, input, purpose: 'sudo' as const, boundTo: sessionId };
    return this.factors.prove(attempt, async () => {
      const secret = await this.sessions.elevate(sessionId);
      return { secret, session: await this.sessions.get(sessionId) };
    });
  }
}

function own() {
  const { id: sessionId, impersonatorId } = getSession();
  if (impersonatorId)
    throw new AccessDenied('An administrator who acts as a user cannot take sensitive actions.');
  return { userId: getUser().id, sessionId };
}
