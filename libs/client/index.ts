export { type Client, type ClientOptions, createClient, dataOf, type Job, RequestFailed } from './client.js';
export { readEvents } from './events.js';
export type { components } from './schema.generated.js';
