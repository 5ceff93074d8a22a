import { watch } from 'node:fs';
import { readArguments } from '../../commands/support/command-line.js';
import { build } from '../build/scripts.js';
import { launch } from './supervisor/launch.js';
import type { Supervisor } from './supervisor/supervisor.js';

/** What the apps are made of; a change of the tools needs a new start. */
const WATCHED = ['apps', 'modules', 'libs', 'drizzle'];

/** Milliseconds of quiet after the last change: editors and git write many files at once. */
const QUIET_MS = 150;

readArguments({
  name: 'npm run dev',
  does: 'Does what npm start does, and reloads with each change of the code.',
});
// Holding connections open for a load balancer that is not there would only slow each reload down.
process.env.SHUTDOWN_HOLD_MS ||= '0';
await launch('build', reloadOnChange);

function reloadOnChange(supervisor: Supervisor): void {
  // Half-written code may well die at every start: the next change is the mend.
  supervisor.giveUp = (reason) => console.error(`mainstay: ${reason}; it starts again when you save`);
  let timer: NodeJS.Timeout | undefined;
  let reloading = Promise.resolve();
  const changed = (file: string | null) => {
    if (file !== null && !/\.(tsx?|css|sql)$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      reloading = reloading.then(() => reload(supervisor));
    }, QUIET_MS);
  };
  for (const directory of WATCHED) watch(directory, { recursive: true }, (_event, file) => changed(file));
  console.log(`mainstay: watching ${WATCHED.join(', ')}`);
}

async function reload(supervisor: Supervisor): Promise<void> {
  try {
    await build(process.cwd(), { bundled: false });
    await supervisor.migrate();
    await supervisor.restart();
    console.log('mainstay: reloaded');
  } catch (error) {
    console.error(`mainstay: not reloaded: ${(error as Error).message}`);
  }
}
