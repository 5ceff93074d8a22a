import { installationChecks } from './doctor/checks.js';
import { conclude, examine } from './doctor/examine.js';
import { command } from './support/command.js';

/** Says what is wrong with the configuration and with what it leads to. What is wrong with a developer's machine says npm run doctor. */
await command(async () => conclude(await examine(installationChecks, process.env)));
