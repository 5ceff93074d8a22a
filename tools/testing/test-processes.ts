import { explainIfAsked } from '../../commands/support/command-line.js';
import { runJest, withPaths } from './jest.js';

const given = process.argv.slice(2);
explainIfAsked(
  {
    name: 'npm run test:processes',
    does: 'Runs the tests that start, freeze and kill processes, Chromium among them, one file after the other. A text replaces the usual paths; options go to jest.',
    positionals: '[<text> …]',
  },
  given,
);

await runJest(withPaths(['test/browser', 'test/commands', 'test/processes', 'tools/'], given));
