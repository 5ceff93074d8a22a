import 'reflect-metadata';
import { loadConfig } from '#libs/config';
import { createApi } from './api.js';
import { describeApi } from './openapi.js';

/** Prints the description of the API. Nothing is opened: the database of this configuration does not exist. */
const app = await createApi(
  loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nobody@127.0.0.1/nothing',
    SECRET_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url'),
  }),
);
process.stdout.write(`${JSON.stringify(describeApi(app), null, 2)}\n`);
