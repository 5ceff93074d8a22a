import { relative } from 'node:path';
import { isAlone } from './lanes.mjs';

/** Tests that are named. */
const most = 10;

/** Names the slowest tests, and says how much of the time went to the files that run one at a time. */
export default class SlowestReporter {
  #root;

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunComplete(_contexts, { testResults, startTime }) {
    const tests = testResults.flatMap(({ testFilePath, testResults: ofFile }) =>
      ofFile.map(({ fullName, duration }) => ({
        file: relative(this.#root, testFilePath),
        fullName,
        duration,
      })),
    );
    if (tests.length <= most) return;
    const slowest = tests.filter(({ duration }) => duration).toSorted((a, b) => b.duration - a.duration);
    const lines = slowest
      .slice(0, most)
      .map(({ file, fullName, duration }) => `  ${seconds(duration)}  ${file} › ${fullName}`);
    process.stderr.write(`\nThe slowest tests:\n${lines.join('\n')}\n`);
    const lonely = testResults.filter(({ testFilePath }) => isAlone(this.#root, testFilePath));
    if (lonely.length === 0) return;
    const took = seconds(lonely.reduce((sum, { perfStats }) => sum + perfStats.runtime, 0)).trim();
    const all = seconds(Date.now() - startTime).trim();
    process.stderr.write(
      `\n${lonely.length} files with processes ran one at a time, for ${took} of ${all}.\n`,
    );
  }
}

const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(6)} s`;
