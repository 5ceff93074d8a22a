import { installationChecks } from './doctor/checks.js';
import { conclude, examine } from './doctor/examine.js';
import { command } from './support/command.js';

/** Says what is wrong with the configuration and the servers it names. `npm run doctor` looks at a developer's machine as well. */
await command(async () => conclude(await examine(installationChecks, process.env)));
