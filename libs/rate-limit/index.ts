export { AttemptLimiter, LimitAttempts } from './attempt-limiter.js';
export { AttemptsGuard } from './attempts.guard.js';
export { RateLimitGuard } from './rate-limit.guard.js';
export { RateLimitModule } from './rate-limit.module.js';
