import { readArguments } from '../../commands/support/command-line.js';
import { launch } from './supervisor/launch.js';

readArguments({
  name: 'npm start',
  does: 'Starts the API, the worker and a database for development, until Ctrl-C. The variables of .env apply.',
});
await launch('dist');
