import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { type Config, ConfigModule } from '#libs/config';
import { DatabaseModule } from '#libs/database';
import { DeclaredInputGuard, HttpModule, ProblemFilter, SchemaPipe } from '#libs/http';
import { IdempotencyModule } from '#libs/idempotency';
import { LifecycleModule } from '#libs/lifecycle';
import { MailModule } from '#libs/mail';
import { LoggingModule } from '#libs/observability';
import { RateLimitGuard, RateLimitModule } from '#libs/rate-limit';
import { AuditWorkerModule } from '#modules/audit';
import { AccessGuard, AuthenticationGuard, AuthWorkerModule } from '#modules/auth';
import { DevMailWorkerModule } from '#modules/dev-mail';
import { HealthWorkerModule } from '#modules/health';
import { QueueWorkerModule } from '#libs/queue';
import { JobsWorkerModule } from '#modules/jobs';
import { OpsModule, OpsWorkerModule } from '#modules/ops';
import { UsersWorkerModule } from '#modules/users';

/** The pipeline of the probes and the metrics, which are all that a worker serves. It has no routes that change anything. */
const pipeline = [
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_GUARD, useExisting: AuthenticationGuard },
  { provide: APP_GUARD, useExisting: RateLimitGuard },
  { provide: APP_GUARD, useExisting: AccessGuard },
  { provide: APP_GUARD, useClass: DeclaredInputGuard },
  { provide: APP_PIPE, useClass: SchemaPipe },
];

@Module({})
export class WorkerModule {
  static forRoot(config: Config): DynamicModule {
    const { SMTP_URL: url, MAIL_FROM: from } = config;
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot({ app: 'worker' }),
        DatabaseModule.forRoot('worker'),
        LifecycleModule,
        HttpModule,
        IdempotencyModule,
        RateLimitModule,
        url ? MailModule.forRoot({ url, from }) : DevMailWorkerModule,
        QueueWorkerModule.forRoot(config),
        JobsWorkerModule,
        AuthWorkerModule,
        UsersWorkerModule,
        AuditWorkerModule,
        HealthWorkerModule,
        OpsModule.forRoot({ app: 'worker', metricsPort: config.WORKER_METRICS_PORT }),
        OpsWorkerModule,
      ],
      providers: pipeline,
    };
  }
}
