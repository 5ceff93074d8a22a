import {
  type DynamicModule,
  Global,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Config } from '#libs/config';
import { reportBudget } from './connection-budget.js';
import { Database } from './database.js';
import { observePool } from './database-metrics.js';
import { guardRequests } from './io-guard.js';
import { poolShare } from './pool-shares.js';
import { createPool } from './pool.js';
import { RetentionService } from './retention.js';

@Global()
@Module({})
export class DatabaseModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopObserving: () => void;

  constructor(private readonly database: Database) {
    this.#stopObserving = observePool(database.name, database.pool);
    guardRequests();
  }

  static forRoot(role: 'api' | 'worker' | 'tool'): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        RetentionService,
        {
          provide: Database,
          inject: [Config],
          useFactory: (config: Config) =>
            new Database(createPool(config.DATABASE_URL, { role, max: poolShare(config, role) }), role),
        },
      ],
      exports: [Database, RetentionService],
    };
  }

  /** By then every pool of the process is made. */
  onApplicationBootstrap(): void {
    reportBudget(this.database.pool);
  }

  /** Closes the pool in the last hook: requests and jobs that drain before it still need the pool. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopObserving();
    await this.database.pool.end();
  }
}
