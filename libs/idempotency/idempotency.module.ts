import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { RetentionService } from '#libs/database';
import { IdempotencyStore } from './idempotency-store.js';
import { idempotencyKeys } from './idempotency.schema.js';

@Module({ providers: [IdempotencyStore], exports: [IdempotencyStore] })
export class IdempotencyModule {
  constructor(retention: RetentionService) {
    retention.addRule(idempotencyKeys, idempotencyKeys.id, lt(idempotencyKeys.expiresAt, sql`now()`));
  }
}
