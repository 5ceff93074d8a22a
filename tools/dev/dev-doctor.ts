import { installationChecks } from '../../commands/doctor/checks.js';
import { conclude, examine } from '../../commands/doctor/examine.js';
import { command } from '../../commands/support/command.js';
import { loadEnvironmentFile } from '../machine/environment.js';
import { openDevelopment } from './development.js';
import { machineChecks } from './machine-checks.js';

const line = {
  name: 'npm run doctor',
  does: 'Says what is wrong with this machine, then with the installation on it. The exit code is 1 when something is.',
};

await command(line, async () => {
  loadEnvironmentFile();
  const ofMachine = await examine(machineChecks, process.env);
  const { env, close } = await openDevelopment(process.env);
  try {
    conclude(ofMachine + (await examine(installationChecks, env)));
  } finally {
    await close();
  }
});
