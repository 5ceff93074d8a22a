/** Says how long the fault tests took: as a part of `npm test` they have a minute in all. */
export default class FaultsReporter {
  onRunComplete(_contexts, { testResults }) {
    const files = testResults.filter(({ testFilePath }) => /[\\/]test[\\/]faults[\\/]/.test(testFilePath));
    if (files.length === 0) return;
    const ms = files.reduce((sum, { perfStats }) => sum + perfStats.runtime, 0);
    const form = process.env.FAULTS === 'long' ? 'long' : 'short';
    process.stdout.write(
      `\nThe fault tests in their ${form} form: ${files.length} files, ${Math.round(ms / 1000)} s one after the other\n`,
    );
  }
}
