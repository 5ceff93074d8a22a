import { relative, sep } from 'node:path';
import TestRunner from 'jest-runner';

/**
 * Where tests start, freeze and kill processes. Two such files at once would take each other's cores in moments that matter, so
 * they run one after the other, in a worker of their own beside the workers that share all other files.
 */
export const alone = ['test/commands', 'test/faults', 'test/processes', 'tools'];

/** What `npm run test:processes` runs. Tests in a browser have little to lose by neighbours. */
export const processes = ['test/browser', ...alone];

export function isAlone(rootDir, path) {
  const within = relative(rootDir, path).replaceAll(sep, '/');
  return alone.some((folder) => within.startsWith(`${folder}/`));
}

/** jest's own runner twice: with one worker for the files that run alone, with the rest of the workers for all others. */
export default class Lanes {
  supportsEventEmitters = true;
  #lonely;
  #social;

  constructor(globalConfig, context) {
    const lane = (maxWorkers) => new TestRunner({ ...globalConfig, maxWorkers }, context);
    // Then no file runs alone (jest.config.mjs).
    const isQuick = process.env.TESTS === 'quick';
    this.#lonely = lane(1);
    this.#social = lane(Math.max(1, globalConfig.maxWorkers - (isQuick ? 0 : 1)));
  }

  on(event, listener) {
    const stops = [this.#lonely, this.#social].map((lane) => lane.on(event, listener));
    return () => stops.forEach((stop) => stop());
  }

  /** Serial is what `-i` asks for, and what jest itself does with a file or two: then the lanes take turns. */
  async runTests(tests, watcher, options) {
    const belongsToLonely = ({ path, context }) => isAlone(context.config.rootDir, path);
    const works = [
      [this.#lonely, tests.filter((test) => belongsToLonely(test))],
      [this.#social, tests.filter((test) => !belongsToLonely(test))],
    ].filter(([, files]) => files.length > 0);
    if (!options.serial)
      await Promise.all(works.map(([lane, files]) => lane.runTests(files, watcher, options)));
    else for (const [lane, files] of works) await lane.runTests(files, watcher, options);
  }
}
