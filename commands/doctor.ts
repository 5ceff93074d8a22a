import { installationChecks } from './doctor/checks.js';
import { conclude, examine } from './doctor/examine.js';
import { command } from './support/command.js';

/** `npm run doctor` examines a developer's machine as well, and is another program: tools/dev/dev-doctor.ts. */
const line = {
  name: 'node dist/commands/doctor.js',
  does: 'Says what is wrong with the configuration and with the servers that it names. The exit code is 1 when something is.',
};

await command(line, async () => conclude(await examine(installationChecks, process.env)));
