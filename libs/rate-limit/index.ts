export { Attempts, LimitAttempts } from './attempts.js';
export { AttemptsGuard } from './attempts.guard.js';
export { RateLimitGuard } from './rate-limit.guard.js';
export { RateLimitModule } from './rate-limit.module.js';
