export { advisoryLocks } from './advisory-locks.js';
export { Database } from './database.js';
export { watchStatements } from './database-metrics.js';
export { DatabaseModule } from './database.module.js';
export {
  CommitOutcomeUnknown,
  databaseProblem,
  fromDatabase,
  isConnectionLost,
  isIndependentOfValues,
  isServerFault,
  sqlState,
} from './errors.js';
export { newId } from './identifier.js';
export { assertMigrated, type MigrationStatus, NotMigrated } from './migration-state.js';
export { migrate, migrationStatus } from './migrator.js';
export { refuseInTransaction } from './io-guard.js';
export { type ConnectionPool } from './connection-pool.js';
export { createPool } from './pool.js';
export { poolShare } from './pool-shares.js';
export { NeedsSession } from './session.js';
export { withLongStatements } from './statement-limit.js';
export { RetentionService } from './retention.js';
export { inlineSql } from './inline-sql.js';
