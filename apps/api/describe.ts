import 'reflect-metadata';
import { loadConfig } from '#libs/config';
import { createApi } from './api.js';
import { describeApi } from './openapi.js';
import { problemList } from './problem-list.js';
import { routeList } from './route-list.js';

/**
 * Prints what is derived from the API as JSON: its description, the table of its routes and that of its problems. The program
 * opens no connection: the database of this configuration does not exist.
 */
const app = await createApi(
  loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nobody@127.0.0.1/nothing',
    SECRET_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url'),
  }),
);
process.stdout.write(
  JSON.stringify({
    openapi: `${JSON.stringify(describeApi(app), null, 2)}\n`,
    routes: routeList(app),
    problems: problemList(),
  }),
);
