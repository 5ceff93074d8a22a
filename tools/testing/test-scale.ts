import { explainIfAsked } from '../../commands/support/command-line.js';
import { runLongTests } from './long-tests.js';

const given = process.argv.slice(2);
explainIfAsked(
  {
    name: 'npm run test:scale',
    does: 'Runs the tests of size and time: a million rows, minutes of load, a failover. None has a short form, so they run by this command alone. TEST_SOAK_MINUTES says how long the soak takes. A text replaces the usual path; options go to jest.',
    positionals: '[<text> …]',
  },
  given,
);

await runLongTests(['test/scale'], given);
