import { type ConnectionPool, Database } from '#libs/database';
import { JobCompleter } from '../worker/job-completer.js';

/** Makes the completer with which a worker ends messages, on a server that a test may kill. */
export function completerOn(pool: ConnectionPool): JobCompleter {
  return new JobCompleter(new Database(pool));
}
