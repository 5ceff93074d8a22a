import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// The first step's scripts run before there is anything compiled, so they are imported from where they stand.
const load = (name: string): Promise<unknown> => import(pathToFileURL(resolve('tools/build', name)).href);

/** Brings build/ up to date, and dist/ too unless `bundled` is false. */
export const { build } = (await load('build.mjs')) as {
  build: (root: string, options?: { bundled?: boolean }) => Promise<void>;
};

/** What is wrong with the installed packages, or nothing. */
export const { installProblem } = (await load('installed.mjs')) as {
  installProblem: (root: string) => string | undefined;
};
