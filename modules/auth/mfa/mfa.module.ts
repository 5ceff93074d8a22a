import { Module } from '@nestjs/common';
import { and, isNull, lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { RateLimitModule } from '#libs/rate-limit';
import { QueueModule } from '#libs/queue';
import { UsersModule } from '#modules/users';
import { Assertions } from '../webauthn/assertions.js';
import { Attestations } from '../webauthn/attestations.js';
import { WebAuthnChallenges } from '../webauthn/webauthn-challenges.js';
import { PasskeySignInController } from '../sign-in/passkey-sign-in.controller.js';
import { PasskeySignInService } from '../sign-in/passkey-sign-in.service.js';
import { PasskeysController } from './passkeys.controller.js';
import { webauthnChallenges } from '../webauthn/passkeys.schema.js';
import { PasskeysService } from './passkeys.service.js';
import { RelyingParty } from '../webauthn/relying-party.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { SignInMethods } from '../sessions/sign-in-methods.js';
import { MfaChallengesService } from '../sign-in/mfa-challenges.service.js';
import { CodeFailures } from './code-failures.js';
import { FactorsService } from './factors.service.js';
import { MfaController } from './mfa.controller.js';
import { authChallenges, totpFactors } from './mfa.schema.js';
import { MfaProcessor } from './mfa.processor.js';
import { MfaSignInController } from '../sign-in/mfa-sign-in.controller.js';
import { MfaSignInService } from '../sign-in/mfa-sign-in.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import { SecurityNotifications } from '../notifications/security-notifications.js';
import { TotpService } from './totp.service.js';

/** Codes, recovery codes and passkeys, and sign-ins that wait for one of them: for every process. */
@Module({
  imports: [SessionsModule, QueueModule, UsersModule, AuditLogModule],
  providers: [
    SecurityNotifications,
    TotpService,
    RecoveryCodesService,
    CodeFailures,
    RelyingParty,
    WebAuthnChallenges,
    Assertions,
    SecondFactorsService,
    MfaChallengesService,
  ],
  exports: [
    SecurityNotifications,
    TotpService,
    RecoveryCodesService,
    RelyingParty,
    WebAuthnChallenges,
    Assertions,
    SecondFactorsService,
    MfaChallengesService,
  ],
})
export class MfaModule {
  constructor(retention: RetentionService) {
    retention.addRule(authChallenges, authChallenges.id, lt(authChallenges.expiresAt, sql`now()`));
    retention.addRule(
      webauthnChallenges,
      webauthnChallenges.hash,
      lt(webauthnChallenges.expiresAt, sql`now()`),
    );
    retention.addRule(
      totpFactors,
      totpFactors.id,
      and(isNull(totpFactors.confirmedAt), lt(totpFactors.createdAt, sql`now() - interval '1 day'`))!,
    );
  }
}

/** The routes: for the API. */
@Module({
  imports: [AuditLogModule, MfaModule, RateLimitModule, SessionsModule, UsersModule],
  controllers: [MfaController, MfaSignInController, PasskeysController, PasskeySignInController],
  providers: [
    FactorsService,
    MfaSignInService,
    SignInMethods,
    Attestations,
    PasskeysService,
    PasskeySignInService,
  ],
})
export class MfaHttpModule {}

/** The upkeep of secrets: for the worker. */
@Module({ imports: [MfaModule], providers: [MfaProcessor] })
export class MfaWorkerModule {}
