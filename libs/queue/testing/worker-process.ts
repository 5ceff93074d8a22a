import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadConfig } from '#libs/config';
import { RunningJobs } from '../worker/running-jobs.js';
import type { Switch } from './forked-worker.js';
import { startWorker } from './worker.js';

const isGiven = (option: Switch) => process.argv.includes(option);

// A worker that a test can kill. It says when it is up, and stops with its parent.
const providers = isGiven('--with-schedules') ? [(await import('./sample-schedules.js')).TickProcessor] : [];
const worker = await startWorker(loadConfig(process.env), { providers });
if (isGiven('--without-lock-loss')) {
  const running = worker.get(RunningJobs);
  const abort = running.abort.bind(running);
  running.abort = (id, reason) => reason !== 'lock-lost' && abort(id, reason);
}
worker.enableShutdownHooks();
process.once('disconnect', () => void worker.close().then(() => process.exit()));
// As libs/lifecycle does for the real worker.
process.once('uncaughtException', (error) => {
  process.stderr.write(`${error.message}\n`);
  void worker.close().then(() => process.exit(1));
});
// Answers with the bytes that it holds after a collection of all garbage, for tests that look for a leak.
process.on('message', () => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  process.send?.(process.memoryUsage().heapUsed);
});
process.send?.('up');
