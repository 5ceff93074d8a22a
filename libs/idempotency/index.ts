export {
  IdempotencyInterceptor,
  idempotencyRequirement,
  RequireIdempotencyKey,
} from './idempotency.interceptor.js';
export { IdempotencyModule } from './idempotency.module.js';
