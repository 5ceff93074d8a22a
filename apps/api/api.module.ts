import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { type Config, ConfigModule } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { FilesModule } from '#libs/files';
import { DeclaredInputGuard, DeprecationGuard, HttpModule, ProblemFilter, SchemaPipe } from '#libs/http';
import { IdempotencyKeyGuard, IdempotencyModule } from '#libs/idempotency';
import { LifecycleModule } from '#libs/lifecycle';
import { LoggingModule } from '#libs/observability';
import { AttemptsGuard, RateLimitGuard, RateLimitModule } from '#libs/rate-limit';
import { AuditHttpModule } from '#modules/audit';
import {
  AccessGuard,
  AuthenticationGuard,
  AuthHttpModule,
  CsrfGuard,
  AccessDenialsFilter,
} from '#modules/auth';
import { ConsoleHttpModule } from '#modules/console';
import { DevMailHttpModule } from '#modules/dev-mail';
import { DevPagesModule } from '#modules/dev-pages';
import { HealthHttpModule } from '#modules/health';
import { JobsHttpModule } from '#modules/jobs';
import { OpsHttpModule, OpsModule } from '#modules/ops';
import { UsersHttpModule } from '#modules/users';
import { DocsModule } from './docs.module.js';

/**
 * The pipeline that every request to a route passes, from the outside in. The order matters: only an authorized caller gets a
 * replay. A path without a route never comes here: `libs/http/adapter.ts` answers it.
 */
const pipeline = [
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_FILTER, useExisting: AccessDenialsFilter },
  { provide: APP_GUARD, useClass: DeprecationGuard },
  { provide: APP_GUARD, useExisting: CsrfGuard },
  { provide: APP_GUARD, useExisting: AuthenticationGuard },
  { provide: APP_GUARD, useExisting: RateLimitGuard },
  { provide: APP_GUARD, useExisting: AccessGuard },
  { provide: APP_GUARD, useExisting: AttemptsGuard },
  { provide: APP_GUARD, useClass: DeclaredInputGuard },
  { provide: APP_GUARD, useClass: IdempotencyKeyGuard },
  { provide: APP_PIPE, useClass: SchemaPipe },
];

@Module({})
export class ApiModule {
  static forRoot(config: Config): DynamicModule {
    const isProduction = config.NODE_ENV === 'production';
    return {
      module: ApiModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot({ app: 'api' }),
        DatabaseModule.forRoot('api'),
        LifecycleModule,
        HttpModule,
        FilesModule,
        IdempotencyModule,
        RateLimitModule,
        AuthHttpModule,
        UsersHttpModule,
        JobsHttpModule,
        AuditHttpModule,
        HealthHttpModule,
        OpsModule.forRoot({ app: 'api', metricsPort: config.METRICS_PORT }),
        OpsHttpModule,
        ConsoleHttpModule,
        ...(config.API_DOCS === 'on' ? [DocsModule] : []),
        ...(isProduction ? [] : [DevPagesModule]),
        ...(isProduction || config.SMTP_URL ? [] : [DevMailHttpModule]),
      ],
      providers: pipeline,
    };
  }
}
