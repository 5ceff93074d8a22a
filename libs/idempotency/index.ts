export {
  IdempotencyKeyGuard,
  idempotencyRequirement,
  IgnoreIdempotencyKey,
  RequireIdempotencyKey,
} from './idempotency-key.guard.js';
export { IdempotencyInterceptor } from './idempotency.interceptor.js';
export { IdempotencyModule } from './idempotency.module.js';
