import { loadConfig } from '#libs/config';
import { startWorker } from './worker.js';

// A worker that a test can kill. It says when it is up, and stops with its parent.
const worker = await startWorker(loadConfig(process.env));
worker.enableShutdownHooks();
process.once('disconnect', () => void worker.close().then(() => process.exit()));
process.send?.('up');
