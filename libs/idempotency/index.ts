export {
  AcceptIdempotencyKey,
  IdempotencyKeyGuard,
  idempotencyRequirement,
  IgnoreIdempotencyKey,
  RequireIdempotencyKey,
} from './idempotency-key.guard.js';
export { IdempotencyModule } from './idempotency.module.js';
