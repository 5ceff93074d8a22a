/** Files between two lines of progress. */
const step = 10;

/** How far the run is, where there is no terminal on which jest shows that by itself. */
export default class ProgressReporter {
  #startedAt = 0;
  #done = 0;

  onRunStart() {
    this.#startedAt = performance.now();
  }

  onTestResult(_test, _result, { numTotalTestSuites: files, numPassedTests, numFailedTests }) {
    this.#done += 1;
    if (process.stderr.isTTY || this.#done % step !== 0) return;
    const percent = `${Math.floor((100 * this.#done) / files)} %`;
    const tests = `${numPassedTests} tests passed, ${numFailedTests} failed`;
    process.stderr.write(
      `     ${percent.padStart(5)}  ${this.#done} of ${files} files, ${tests}, ${clock(performance.now() - this.#startedAt)}\n`,
    );
  }
}

/** "2:07" */
function clock(ms) {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
