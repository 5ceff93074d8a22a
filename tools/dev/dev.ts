import { readArguments } from '../../commands/support/command-line.js';
import { build } from '../build/scripts.js';
import { launch } from './supervisor/launch.js';
import type { Supervisor } from './supervisor/supervisor.js';
import { watchSources } from './watch.js';

/** What the apps are made of; a change of the tools needs a new start. */
const WATCHED = ['apps', 'modules', 'libs', 'drizzle'];

readArguments({
  name: 'npm run dev',
  does: 'Does what npm start does, and reloads with each change of the code.',
});
// Holding connections open for a load balancer that is not there would only slow each reload down.
process.env.SHUTDOWN_HOLD_MS ||= '0';
await launch(reloadOnChange);

async function reloadOnChange(supervisor: Supervisor): Promise<void> {
  // Half-written code may well die at every start: the next change mends it.
  supervisor.giveUp = (reason) => console.error(`mainstay: ${reason}; it starts again when you save`);
  let reloading = Promise.resolve();
  await watchSources(WATCHED, () => {
    supervisor.stopWaiting();
    reloading = reloading.then(() => reload(supervisor));
  });
  console.log(`mainstay: watching ${WATCHED.join(', ')}`);
}

async function reload(supervisor: Supervisor): Promise<void> {
  try {
    await build(process.cwd());
    await supervisor.migrate();
    await supervisor.restart();
    console.log('mainstay: reloaded');
  } catch (error) {
    console.error(`mainstay: not reloaded: ${(error as Error).message}`);
  }
}
