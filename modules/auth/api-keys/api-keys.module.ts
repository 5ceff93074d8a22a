import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { AuditLogModule } from '#libs/audit-log';
import { RetentionService } from '#libs/database';
import { ApiKeysController } from './api-keys.controller.js';
import { apiKeys } from './api-keys.schema.js';
import { ApiKeysService } from './api-keys.service.js';

/** The API keys with which users authenticate their programs, for every process. */
@Module({ imports: [AuditLogModule], providers: [ApiKeysService], exports: [ApiKeysService] })
export class ApiKeysModule {
  constructor(retention: RetentionService) {
    retention.addRule(apiKeys, apiKeys.id, lt(apiKeys.expiresAt, sql`now()`));
  }
}

/** The routes, for the API. */
@Module({ imports: [ApiKeysModule], controllers: [ApiKeysController], exports: [ApiKeysModule] })
export class ApiKeysHttpModule {}
