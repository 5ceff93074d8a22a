export { Batches } from './batcher.js';
