import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { QueueModule } from '#libs/queue';
import { RevocationRegistry } from '../sessions/revocation-registry.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { apiKeys } from './api-keys.schema.js';
import { ApiKeysService } from './api-keys.service.js';

/** The API keys with which users authenticate their programs, for every process. */
@Module({
  imports: [AuditLogModule, QueueModule, SessionsModule],
  providers: [ApiKeysService],
  exports: [ApiKeysService],
})
export class ApiKeysModule {
  constructor(retention: RetentionService, revocations: RevocationRegistry, keys: ApiKeysService) {
    retention.addRule(apiKeys, apiKeys.id, lt(apiKeys.expiresAt, sql`now()`));
    revocations.endWithRecovery(apiKeys, (userId) => keys.revokeAll(userId));
  }
}

/** The routes, for the API. */
@Module({ imports: [ApiKeysModule], controllers: [ApiKeysController], exports: [ApiKeysModule] })
export class ApiKeysHttpModule {}
