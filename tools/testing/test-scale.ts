/**
 * The tests of size and time: a million rows, minutes of load, a failover. None has a short form, so they run by this
 * command alone. TEST_SOAK_MINUTES says how long the soak takes.
 */
import { runLongTests } from './long-tests.js';

await runLongTests(['test/scale'], process.argv.slice(2));
