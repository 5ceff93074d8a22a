import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { explainIfAsked } from '../../commands/support/command-line.js';

const given = process.argv.slice(2);
explainIfAsked(
  {
    name: 'npm test',
    does: 'Runs the tests whose path contains one of these texts, or all. Options go to jest, which has a list of them: https://jestjs.io/docs/cli',
    positionals: '[<text> …]',
  },
  given,
);

// jest runs ES modules through Node's vm modules, which are behind a flag (jest manual, "ECMAScript Modules").
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...given,
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => jest.kill(signal));
jest.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
});
