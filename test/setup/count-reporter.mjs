/** Ends the output with one plain line from the runner's own counts. A file that does not even load counts as a failure. */
export default class CountReporter {
  #isForPeople;

  constructor({ json, outputFile }) {
    this.#isForPeople = !json || outputFile !== undefined;
  }

  onRunComplete(_contexts, results) {
    if (!this.#isForPeople) return;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    // jest adds its own summary after every configured reporter; at exit nothing comes after us.
    process.once('exit', () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
