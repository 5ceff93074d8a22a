import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { lt, sql } from 'drizzle-orm';
import { RetentionService } from '#libs/database';
import { IdempotencyAudit } from './idempotency-audit.js';
import { IdempotencyStore } from './idempotency-store.js';
import { idempotencyKeys } from './idempotency.schema.js';

/** Global, because the decorators of this lib bring its interceptor into each module that has a route with them. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [IdempotencyStore, IdempotencyAudit],
  exports: [IdempotencyStore],
})
export class IdempotencyModule {
  constructor(retention: RetentionService) {
    retention.addRule(idempotencyKeys, idempotencyKeys.id, lt(idempotencyKeys.expiresAt, sql`now()`));
  }
}
