import { explainIfAsked } from '../../commands/support/command-line.js';
import { runLongTests } from './long-tests.js';

const given = process.argv.slice(2);
explainIfAsked(
  {
    name: 'npm run test:faults',
    does: 'Runs the fault tests in their long form: hundreds of kills and cuts, the contract of the queue backends, and a table of what was counted, also by the tests that switch a protection off to see whether it is missed. A text replaces the usual paths; options go to jest.',
    positionals: '[<text> …]',
  },
  given,
);

await runLongTests(
  [
    'test/faults',
    'test/processes/queue',
    'test/processes/sign-in-load',
    'libs/queue',
    'modules/jobs',
    'test/api/http/idempotency-lock',
  ],
  given,
);
