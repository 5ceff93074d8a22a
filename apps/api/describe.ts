import 'reflect-metadata';
import { loadConfig } from '#libs/config';
import { createApi } from './api.js';
import { describeApi } from './openapi.js';
import { routeList } from './route-list.js';

/**
 * Prints the description of the API, or with `routes` the table of its routes. The program opens no connection: the database
 * of this configuration does not exist.
 */
const app = await createApi(
  loadConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    DATABASE_URL: 'postgres://nobody@127.0.0.1/nothing',
    SECRET_KEYS: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url'),
  }),
);
const isRoutes = process.argv[2] === 'routes';
process.stdout.write(isRoutes ? routeList(app) : `${JSON.stringify(describeApi(app), null, 2)}\n`);
