import { readFileSync } from 'node:fs';

/** The folder of the migrations. Every command runs in the folder that contains it and package.json. */
export const MIGRATIONS = 'drizzle';

export const appVersion = () =>
  (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
