import { readArguments } from '../../commands/support/command-line.js';
import { build } from '../build/scripts.js';
import { launch } from './supervisor/launch.js';
import type { Supervisor } from './supervisor/supervisor.js';
import { TypeCheck } from './type-check.js';
import { watchSources } from './watch.js';

/** What the apps are made of; a change of the tools needs a new start. */
const WATCHED = ['apps', 'modules', 'libs', 'drizzle'];

readArguments({
  name: 'npm run dev',
  does: 'Does what npm start does, and reloads with each change of the code. It says when types are wrong, and how to apply a new migration: npm run db:migrate.',
});
// Holding connections open for a load balancer that is not there would only slow each reload down.
process.env.SHUTDOWN_HOLD_MS ||= '0';
await launch('build', reloadOnChange);

async function reloadOnChange(supervisor: Supervisor): Promise<void> {
  // Half-written code may well die at every start: the next change mends it.
  supervisor.giveUp = (reason) => console.error(`mainstay: ${reason}; it starts again when you save`);
  let reloading = Promise.resolve();
  let isQueued = false;
  const types = new TypeCheck((line) => console.error(`mainstay: ${line}`));
  process.on('exit', () => types.end());
  void types.begin();
  await watchSources(WATCHED, () => {
    void types.begin();
    supervisor.stopWaiting();
    // One reload may wait for a migration; the next one takes all changes that come meanwhile.
    if (isQueued) return;
    isQueued = true;
    reloading = reloading.then(() => {
      isQueued = false;
      return reload(supervisor);
    });
  });
  console.log(`mainstay: watching ${WATCHED.join(', ')}`);
}

async function reload(supervisor: Supervisor): Promise<void> {
  try {
    await build(process.cwd(), { bundled: false });
    await supervisor.untilMigrated();
    await supervisor.restart();
    console.log('mainstay: reloaded');
  } catch (error) {
    console.error(`mainstay: not reloaded: ${(error as Error).message}`);
  }
}
