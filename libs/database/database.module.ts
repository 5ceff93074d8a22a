import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#libs/config';
import { Database } from './database.js';
import { guardRequests } from './io-guard.js';
import { createPool, type PoolRole } from './pool.js';
import { RetentionService } from './retention.js';

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {
    guardRequests();
  }

  static forRoot(role: PoolRole): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        RetentionService,
        {
          provide: Database,
          inject: [Config],
          useFactory: (config: Config) =>
            new Database(createPool(config.DATABASE_URL, { role, max: config.DATABASE_POOL_MAX })),
        },
      ],
      exports: [Database, RetentionService],
    };
  }

  /** Closes the pool in the last hook: requests and jobs that drain before it still need the pool. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.pool.end();
  }
}
