import { explainIfAsked } from '../../commands/support/command-line.js';
import { namesPaths, runJest } from './jest.js';

const given = process.argv.slice(2);
explainIfAsked(
  {
    name: 'npm test',
    does: 'Runs the tests whose path contains one of these texts, or all except those of npm run test:processes. Options go to jest, which has a list of them: https://jestjs.io/docs/cli',
    positionals: '[<text> …]',
    options: {
      all: { type: 'boolean', does: 'runs all, with those of npm run test:processes beside the others' },
    },
  },
  given,
);

const args = given.filter((argument) => argument !== '--all');
const leavesProcessesOut = args.length === given.length && !namesPaths(args);
await runJest(args, leavesProcessesOut ? { TESTS: 'quick' } : {});
