import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { RateLimitModule } from '#libs/rate-limit';
import { MfaModule } from '../mfa/mfa.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { WebAuthnModule } from '../webauthn/webauthn.module.js';
import { authChallenges } from './mfa-challenges.schema.js';
import { MfaChallengesService } from './mfa-challenges.service.js';
import { MfaSignInController } from './mfa-sign-in.controller.js';
import { MfaSignInService } from './mfa-sign-in.service.js';
import { PasskeySignInController } from './passkey-sign-in.controller.js';
import { PasskeySignInService } from './passkey-sign-in.service.js';
import { SessionsController } from './sessions.controller.js';
import { SignInFailureRecorder } from './sign-in-failure-recorder.js';
import { SignInService } from './sign-in.service.js';
import { SudoAttempts } from './sudo-attempts.js';
import { SudoController } from './sudo.controller.js';
import { SudoService } from './sudo.service.js';

const services = [SignInService, MfaChallengesService, SudoAttempts];

/** Signing in, from the first factor to a session or to the second factor, for every process. */
@Module({
  imports: [AuditLogModule, MfaModule, NotificationsModule, PasswordsModule, SessionsModule],
  providers: [...services, SignInFailureRecorder],
  exports: services,
})
export class SignInModule {
  constructor(
    retention: RetentionService,
    revocations: RevocationRegistry,
    challenges: MfaChallengesService,
  ) {
    retention.addRule(authChallenges, authChallenges.id, lt(authChallenges.expiresAt, sql`now()`));
    revocations.endWithSessions(authChallenges, (userId) => challenges.endAll(userId));
  }
}

/** The routes, for the API. */
@Module({
  imports: [AuditLogModule, MfaModule, RateLimitModule, SessionsModule, SignInModule, WebAuthnModule],
  controllers: [SessionsController, MfaSignInController, PasskeySignInController, SudoController],
  providers: [MfaSignInService, PasskeySignInService, SudoService],
})
export class SignInHttpModule {}
