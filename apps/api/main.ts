import 'reflect-metadata';
import { run } from '#libs/lifecycle';
import { createApi } from './api.js';

await run(createApi, (config) => config.PORT);
