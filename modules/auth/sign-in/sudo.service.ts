import { Injectable } from '@nestjs/common';
import { getOwnSession, getUser } from '#libs/access';
import type { SudoProof } from '../mfa/mfa.contract.js';
import { SecondFactorsService } from '../mfa/second-factors.service.js';
import { AssertionVerifier } from '../webauthn/assertion-verifier.js';
import { ProofIncomplete } from './sessions.contract.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SudoAttempts } from './sudo-attempts.js';
import { SignInService } from './sign-in.service.js';

/** Lets a signed-in user prove their identity again. It asks what signing in asks: a stolen password is not enough for more. */
@Injectable()
export class SudoService {
  constructor(
    private readonly signIns: SignInService,
    private readonly factors: SecondFactorsService,
    private readonly assertions: AssertionVerifier,
    private readonly sessions: SessionsService,
    private readonly attempts: SudoAttempts,
  ) {}

  /** Returns the options with which a browser asks the user's passkeys. */
  options() {
    const { userId, sessionId } = own();
    return this.assertions.request({ purpose: 'sudo', boundTo: sessionId, userId });
  }

  /** Allows the sensitive actions. Throws {@link ProofIncomplete} or `ProofWrong`, or AuthenticationRequired when too many proofs in a row failed. */
  async enter(proof: SudoProof) {
    const { userId, sessionId } = own();
    const isPasswordAlone = proof.password !== undefined && proof.code === undefined;
    // This comes before the check of the password, so that the answer does not tell whether it was right.
    if (isPasswordAlone && (await this.factors.statusOf(userId)).required) throw new ProofIncomplete();
    return this.attempts.run({ userId, sessionId }, () => this.#elevate(userId, sessionId, proof));
  }

  async #elevate(userId: string, sessionId: string, { password, ...input }: SudoProof) {
    const attempt = { userId, input, purpose: 'sudo' as const, boundTo: sessionId };
    if (password === undefined)
      return this.factors.prove(attempt, async () => {
        const secret = await this.sessions.elevate(sessionId);
        return { secret, session: await this.sessions.get(sessionId) };
      });
    const proven = await this.signIns.checkPassword(userId, password);
    if (!proven) return undefined;
    const elevate = () => this.signIns.elevate(proven, sessionId);
    return input.code === undefined ? elevate() : this.factors.prove(attempt, elevate);
  }
}

function own() {
  return { userId: getUser().id, sessionId: getOwnSession().id };
}
