import { Module } from '@nestjs/common';
import { eq, lt, sql } from 'drizzle-orm';
import { Database, RetentionService } from '#libs/database';
import { UsersModule } from '#modules/users';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethods } from '../sessions/sign-in-methods.js';
import { Assertions } from './assertions.js';
import { Attestations } from './attestations.js';
import { passkeys, webauthnChallenges } from './passkeys.schema.js';
import { RelyingParty } from './relying-party.js';
import { WebAuthnChallenges } from './webauthn-challenges.js';

const services = [RelyingParty, WebAuthnChallenges, Assertions, Attestations];

/** Asks authenticators for passkeys and for signatures, and checks both: for every process. */
@Module({ imports: [SessionsModule, UsersModule], providers: services, exports: services })
export class WebAuthnModule {
  constructor(db: Database, retention: RetentionService, methods: SignInMethods) {
    retention.addRule(
      webauthnChallenges,
      webauthnChallenges.hash,
      lt(webauthnChallenges.expiresAt, sql`now()`),
    );
    methods.register((userId) => db.tx.$count(passkeys, eq(passkeys.userId, userId)));
  }
}
