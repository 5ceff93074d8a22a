import { readFileSync } from 'node:fs';

/** The folder of the migrations; every command runs where this folder and package.json stand. */
export const MIGRATIONS = 'drizzle';

export const appVersion = () =>
  (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version;
