import type pg from 'pg';
import { Database } from '#libs/database';
import { Settlements } from '../running/settlements.js';

/** What a worker ends messages with, on a server that a test may kill. */
export function settlementsOn(pool: pg.Pool): Settlements {
  return new Settlements(new Database(pool));
}
