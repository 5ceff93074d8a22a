import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { PaginationModule } from '#libs/pagination';
import { QueueModule } from '#libs/queue';
import { AccessTokensService } from './access-tokens.service.js';
import { ClientAssertionsService } from './client-assertions.service.js';
import { OAuthProcessor } from './oauth.processor.js';
import { signingKeys, usedAssertions } from './oauth.schema.js';
import { ServiceClientsController } from './service-clients.controller.js';
import { ServiceClientsService } from './service-clients.service.js';
import { SigningKeysService } from './signing-keys.service.js';
import { TokensController } from './tokens.controller.js';
import { TokensService } from './tokens.service.js';
import { WellKnownController } from './well-known.controller.js';

/** The signing keys, and who has a token that they signed, for every process. */
@Module({
  imports: [AuditLogModule],
  providers: [SigningKeysService, AccessTokensService],
  exports: [SigningKeysService, AccessTokensService],
})
export class OAuthModule {
  constructor(retention: RetentionService) {
    // The rows stay a minute longer than the assertions work. By then no tolerated clock accepts them.
    retention.addRule(
      usedAssertions,
      usedAssertions.hash,
      lt(usedAssertions.expiresAt, sql`now() - interval '1 minute'`),
    );
    // Operators ask in the weeks after an incident what was revoked when. The audit log keeps it for ever.
    retention.addRule(
      signingKeys,
      signingKeys.kid,
      lt(signingKeys.revokedAt, sql`now() - interval '90 days'`),
    );
  }
}

/** Clients and their tokens, for the API. */
@Module({
  imports: [OAuthModule, AuditLogModule, PaginationModule, QueueModule],
  controllers: [TokensController, WellKnownController, ServiceClientsController],
  providers: [TokensService, ClientAssertionsService, ServiceClientsService],
})
export class OAuthHttpModule {}

/** The rotation of the keys, for the worker. */
@Module({ imports: [OAuthModule], providers: [OAuthProcessor] })
export class OAuthWorkerModule {}
