import { Module } from '@nestjs/common';
import { and, isNull, lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { RateLimitModule } from '#libs/rate-limit';
import { UsersModule } from '#modules/users';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { WebAuthnModule } from '../webauthn/webauthn.module.js';
import { CodeFailureLimiter } from './code-failure-limiter.js';
import { FactorsService } from './factors.service.js';
import { MfaController } from './mfa.controller.js';
import { MfaProcessor } from './mfa.processor.js';
import { recoveryCodes, totpFactors } from './mfa.schema.js';
import { PasskeysController } from './passkeys.controller.js';
import { PasskeysService } from './passkeys.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { SecondFactorsService } from './second-factors.service.js';
import { UserFactorsController } from './user-factors.controller.js';
import { UserFactorsService } from './user-factors.service.js';
import { TotpService } from './totp.service.js';

const services = [TotpService, RecoveryCodesService, SecondFactorsService];

/** Authenticator apps, recovery codes and passkeys as second factors, for every process. */
@Module({
  imports: [NotificationsModule, SessionsModule, WebAuthnModule],
  providers: [...services, CodeFailureLimiter],
  exports: services,
})
export class MfaModule {
  constructor(
    retention: RetentionService,
    revocations: RevocationRegistry,
    totp: TotpService,
    codes: RecoveryCodesService,
  ) {
    revocations.endWithRecovery(totpFactors, (userId) => totp.suspendRecent(userId));
    revocations.endWithRecovery(recoveryCodes, (userId) => codes.dropRecent(userId));
    retention.addRule(
      totpFactors,
      totpFactors.id,
      and(isNull(totpFactors.confirmedAt), lt(totpFactors.createdAt, sql`now() - interval '1 day'`))!,
    );
  }
}

/** The routes with which users manage their factors, for the API. */
@Module({
  imports: [
    AuditLogModule,
    MfaModule,
    NotificationsModule,
    QueueModule,
    RateLimitModule,
    SessionsModule,
    UsersModule,
    WebAuthnModule,
  ],
  controllers: [MfaController, PasskeysController, UserFactorsController],
  providers: [FactorsService, PasskeysService, UserFactorsService],
})
export class MfaHttpModule {}

/** The upkeep of secrets, for the worker. */
@Module({ imports: [MfaModule], providers: [MfaProcessor] })
export class MfaWorkerModule {}
