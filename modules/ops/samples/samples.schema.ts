import { index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { instant } from '../../../libs/database/columns.schema.js';

/** A row is one process, with the last sign of life that it gave. */
export const opsInstances = pgTable(
  'ops_instances',
  {
    id: uuid().primaryKey(),
    app: text({ enum: ['api', 'worker'] }).notNull(),
    version: text().notNull(),
    host: text().notNull(),
    pid: integer().notNull(),
    startedAt: instant().notNull(),
    lastSeenAt: instant().notNull().defaultNow(),
    /** The level of its log; null of a release that did not say so. */
    logLevel: text(),
    /** Set by a process that stopped in order. */
    stoppedAt: instant(),
  },
  (table) => [index().on(table.lastSeenAt)],
);

export const resolutions = ['10s', '1m', '1h'] as const;

/**
 * A row has what one process measured in some time. Rows of ten seconds come from the processes; those of a minute and an hour are
 * merged from them and begin at `at`.
 */
export const opsSamples = pgTable(
  'ops_samples',
  {
    id: uuid().primaryKey(),
    resolution: text({ enum: resolutions }).notNull(),
    at: instant().notNull().defaultNow(),
    instanceId: uuid().notNull(),
    app: text({ enum: ['api', 'worker'] }).notNull(),
    /** By the name of the metric, see `Sample`. */
    metrics: jsonb().notNull(),
  },
  (table) => [uniqueIndex('ops_samples_place').on(table.resolution, table.at, table.instanceId)],
);
