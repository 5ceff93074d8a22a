import type pg from 'pg';
import { Database } from '#libs/database';
import { JobCompleter } from '../worker/job-completer.js';

/** What a worker ends messages with, on a server that a test may kill. */
export function completerOn(pool: pg.Pool): JobCompleter {
  return new JobCompleter(new Database(pool));
}
