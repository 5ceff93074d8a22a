import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '#libs/config';
import { Database } from './database.js';
import { observePool } from './database-metrics.js';
import { guardRequests } from './io-guard.js';
import { createPool, type PoolRole } from './pool.js';
import { RetentionService } from './retention.js';

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  readonly #stopObserving: () => void;

  constructor(private readonly database: Database) {
    this.#stopObserving = observePool(database.name, database.pool);
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
            new Database(createPool(config.DATABASE_URL, { role, max: config.DATABASE_POOL_MAX }), role),
        },
      ],
      exports: [Database, RetentionService],
    };
  }

  /** Closes the pool in the last hook: requests and jobs that drain before it still need the pool. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopObserving();
    await this.database.pool.end();
  }
}
