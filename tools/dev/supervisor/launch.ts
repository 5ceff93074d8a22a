import { loadEnvironmentFile } from '../../machine/environment.js';
import type { Compiled } from './child.js';
import { type Running, Supervisor } from './supervisor.js';

/**
 * Runs the development installation until it is told to stop (Ctrl-C, SIGTERM, a closed terminal, a killed launcher) or
 * cannot go on. `whenUp` is called once everything answers.
 */
export async function launch(
  compiled: Compiled,
  whenUp: (supervisor: Supervisor) => Promise<void> = async () => {},
): Promise<void> {
  const began = Date.now();
  const supervisor = new Supervisor(compiled);
  const stop = stopRequest(supervisor);
  let exitCode = 0;
  try {
    loadEnvironmentFile();
    const running = await supervisor.start(process.env);
    announce(running, Date.now() - began);
    await whenUp(supervisor);
    await Promise.race([stop.requested, supervisor.failed]);
  } catch (error) {
    if (!stop.came()) {
      exitCode = 1;
      console.error(`mainstay: ${(error as Error).message}`);
    }
  }
  await supervisor.stop().catch((error: Error) => {
    exitCode = 1;
    console.error(`mainstay: ${error.message}`);
  });
  if (exitCode === 0) console.log('mainstay stopped');
  process.exit(exitCode);
}

function stopRequest(supervisor: Supervisor): { requested: Promise<void>; came: () => boolean } {
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  let came = false;
  const request = (signal?: NodeJS.Signals) => {
    // Only a person repeats a Ctrl-C because it takes too long; a lost channel may well follow a SIGTERM.
    if (came && signal === 'SIGINT') supervisor.hurry();
    if (came) return;
    came = true;
    console.log('\nmainstay: stopping (once more to hurry) …');
    supervisor.abort();
    resolve();
  };
  process.on('SIGINT', request);
  process.on('SIGTERM', request);
  process.on('SIGHUP', request);
  // The launcher that started us is gone without having told us: kill -9.
  process.on('disconnect', () => request());
  return { requested, came: () => came };
}

function announce({ api_url, worker_url, admin }: Running, tookMs: number): void {
  console.log(`
  Open     ${api_url}          API reference, mailbox, and where everything else is
  Worker   ${worker_url}
  Sign in  ${admin.email}  ${admin.password}

mainstay ready after ${(tookMs / 1000).toFixed(1)} s (Ctrl-C stops it)`);
}
