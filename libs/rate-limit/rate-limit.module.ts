import { type ExecutionContext, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { Config } from '#libs/config';
import { Database } from '#libs/database';
import { AttemptLimiter } from './attempt-limiter.js';
import { AttemptsGuard } from './attempts.guard.js';
import { Limiter } from './limiter.js';
import { PostgresStore } from './postgres-store.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RedisStore } from './redis-store.js';

/**
 * Rate limits. Every request counts towards one quota of its caller, except where a controller has `@SkipThrottle()`. Routes
 * with `@LimitAttempts` have further quotas.
 */
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [Config, Database],
      useFactory: (config: Config, db: Database) => {
        const quotaOf = (context: ExecutionContext) =>
          context.switchToHttp().getRequest<FastifyRequest>().work.principal
            ? config.RATE_LIMIT_DEFAULT
            : config.RATE_LIMIT_ANONYMOUS;
        return {
          storage: new Limiter(config.REDIS_URL ? new RedisStore(config.REDIS_URL) : new PostgresStore(db)),
          throttlers: [
            {
              limit: (context: ExecutionContext) => quotaOf(context).limit,
              ttl: (context: ExecutionContext) => quotaOf(context).seconds * 1000,
            },
          ],
        };
      },
    }),
  ],
  providers: [RateLimitGuard, AttemptLimiter, AttemptsGuard],
  exports: [RateLimitGuard, AttemptLimiter, AttemptsGuard],
})
export class RateLimitModule {}
