import { installationChecks } from '../../commands/doctor/checks.js';
import { conclude, examine } from '../../commands/doctor/examine.js';
import { command } from '../../commands/support/command.js';
import { loadEnvironmentFile } from '../machine/environment.js';
import { openDevelopment } from './development.js';
import { machineChecks } from './machine-checks.js';

/** Says what is wrong with this machine, then with the installation on it. */
await command(async () => {
  loadEnvironmentFile();
  const ofMachine = await examine(machineChecks, process.env);
  const { env, close } = await openDevelopment(process.env);
  try {
    conclude(ofMachine + (await examine(installationChecks, env)));
  } finally {
    await close();
  }
});
