export { Database } from './database.js';
export { DatabaseModule } from './database.module.js';
export { CommitOutcomeUnknown, databaseProblem, fromDatabase, isConnectionLost, sqlState } from './errors.js';
export { newId } from './identifier.js';
export { assertMigrated, type MigrationStatus, NotMigrated } from './migration-state.js';
export { migrate, migrationStatus } from './migrator.js';
export { createPool } from './pool.js';
export { Retention } from './retention.js';
export { statement } from './statement.js';
