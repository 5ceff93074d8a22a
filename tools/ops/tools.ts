import { cancel, redrive, setQueue } from './acting-tools.js';
import {
  audit,
  database,
  deadLetters,
  errors,
  job,
  jobs,
  overview,
  queues,
  routes,
  serviceLevels,
} from './reading-tools.js';
import type { Tool } from './tool.js';

export const tools = [
  overview,
  routes,
  errors,
  jobs,
  job,
  deadLetters,
  queues,
  database,
  serviceLevels,
  audit,
  redrive,
  cancel,
  setQueue,
] as unknown as Tool[];
