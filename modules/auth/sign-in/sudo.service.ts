import { Injectable } from '@nestjs/common';
import { AccessDenied, getSession, getUser } from '#libs/access';
import { AuditLog } from '#libs/audit-log';
import type { SudoProof } from '../mfa/mfa.contract.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';
import { Assertions } from '../webauthn/assertions.js';
import { ProofWrong } from './sessions.contract.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SignInService } from './sign-in.service.js';

/** Proving again who is signed in, by whatever the account has. */
@Injectable()
export class SudoService {
  constructor(
    private readonly signIns: SignInService,
    private readonly factors: SecondFactorsService,
    private readonly assertions: Assertions,
    private readonly sessions: SessionsService,
    private readonly audit: AuditLog,
  ) {}

  /** What a browser needs to ask the user's passkeys. */
  options() {
    const { userId, sessionId } = own();
    return this.assertions.request({ purpose: 'sudo', boundTo: sessionId, userId });
  }

  /** Opens the sensitive actions. Throws {@link ProofWrong} or `TooManyCodes`. */
  async enter(proof: SudoProof) {
    const { userId, sessionId } = own();
    const elevated = await this.#elevate(userId, sessionId, proof);
    if (elevated) return elevated;
    const refused = { action: 'sudo.enter', target: `session:${sessionId}`, outcome: 'failure' } as const;
    await this.audit.recordRefusal(refused, userId);
    throw new ProofWrong();
  }

  #elevate(userId: string, sessionId: string, { password, ...given }: SudoProof) {
    if (password !== undefined) return this.signIns.elevate({ userId, sessionId, password });
    const claim = { userId, given, purpose: 'sudo' as const, boundTo: sessionId };
    return this.factors.prove(claim, async () => {
      const secret = await this.sessions.elevate(sessionId);
      return { secret, session: await this.sessions.get(sessionId) };
    });
  }
}

function own() {
  const { id: sessionId, impersonatorId } = getSession();
  if (impersonatorId) throw new AccessDenied('Whoever acts as somebody else takes no sensitive action.');
  return { userId: getUser().id, sessionId };
}
