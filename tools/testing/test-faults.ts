/**
 * The fault tests in their long form: test/faults with hundreds of kills and cuts, the contract of the queue backends, and a
 * table of what was counted, also by the tests that switch a protection off to see whether it is missed.
 */
import { runLongTests } from './long-tests.js';

await runLongTests(
  [
    'test/faults',
    'test/processes/queue',
    'test/processes/sign-in-load',
    'libs/queue',
    'modules/jobs',
    'test/api/http/idempotency-lock',
  ],
  process.argv.slice(2),
);
