import 'reflect-metadata';
import { run } from '#libs/lifecycle';
import { createWorker } from './worker.js';

await run(createWorker, (config) => config.WORKER_PORT);
