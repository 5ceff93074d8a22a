export { type Client, createClient, dataOf, type Job, RequestFailed } from './client.js';
export { readEvents } from './events.js';
