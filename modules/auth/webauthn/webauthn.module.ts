import { Module } from '@nestjs/common';
import { and, eq, lt, sql } from 'drizzle-orm';
import { Database, RetentionService } from '#libs/database';
import { UsersModule } from '#modules/users';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethodRegistry } from '../sessions/sign-in-method-registry.js';
import { AssertionVerifier } from './assertion-verifier.js';
import { AttestationVerifier } from './attestation-verifier.js';
import { isTrusted, suspendRecent } from './passkeys.queries.js';
import { passkeys, webauthnChallenges } from './passkeys.schema.js';
import { RelyingParty } from './relying-party.js';
import { WebAuthnChallengeStore } from './webauthn-challenge-store.js';

const services = [RelyingParty, WebAuthnChallengeStore, AssertionVerifier, AttestationVerifier];

/** Requests passkeys and signatures from authenticators and verifies them, for every process. */
@Module({ imports: [SessionsModule, UsersModule], providers: services, exports: services })
export class WebAuthnModule {
  constructor(
    db: Database,
    retention: RetentionService,
    methods: SignInMethodRegistry,
    revocations: RevocationRegistry,
  ) {
    retention.addRule(
      webauthnChallenges,
      webauthnChallenges.hash,
      lt(webauthnChallenges.expiresAt, sql`now()`),
    );
    methods.register((userId) => db.tx.$count(passkeys, and(eq(passkeys.userId, userId), isTrusted)));
    revocations.endWithRecovery(passkeys, (userId) => suspendRecent(db, userId));
  }
}
