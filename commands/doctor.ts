import { installationChecks } from './doctor/checks.js';
import { conclude, examine } from './doctor/examine.js';
import { command } from './support/command.js';

/**
 * Reports problems of the configuration and of the servers that it names. `npm run doctor` also examines a developer's
 * machine.
 */
await command(async () => conclude(await examine(installationChecks, process.env)));
