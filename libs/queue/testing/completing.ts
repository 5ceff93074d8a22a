import type pg from 'pg';
import { Database } from '#libs/database';
import { JobCompleter } from '../worker/job-completer.js';

/** Makes the completer with which a worker ends messages, on a server that a test may kill. */
export function completerOn(pool: pg.Pool): JobCompleter {
  return new JobCompleter(new Database(pool));
}
