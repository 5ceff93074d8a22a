import { Module } from '@nestjs/common';
import { lt, sql } from 'drizzle-orm';
import { Retention } from '#libs/database';
import { Idempotency } from './idempotency.js';
import { idempotencyKeys } from './idempotency.schema.js';

@Module({ providers: [Idempotency], exports: [Idempotency] })
export class IdempotencyModule {
  constructor(retention: Retention) {
    retention.forget(idempotencyKeys, idempotencyKeys.id, lt(idempotencyKeys.expiresAt, sql`now()`));
  }
}
