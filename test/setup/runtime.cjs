const { default: Runtime } = require('jest-runtime');

/** What the files of this worker share: ES modules by URL, CommonJS modules by path. */
const esModules = new Map();
const commonJs = new Map();

/**
 * jest loads every module again for every test file. Most of the 3,000 modules of the application belong to packages, which no
 * test changes, so these are loaded once by each worker. Our own code is still loaded for each file: some tests declare jobs,
 * schedules and problems of their own.
 */
module.exports = class SharedRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    const { registries } = this;
    if (!(registries?.esModuleRegistry instanceof Map && registries.moduleRegistry instanceof Map))
      throw new Error('jest keeps modules elsewhere than jest 30.5 did: adapt test/setup/runtime.cjs');
    registries.esModuleRegistry = esModules;
    registries.moduleRegistry = commonJs;
  }

  /** The packages stay in use, so the runtime that has loaded them must not end: it only forgets what belongs to its file. */
  teardown() {
    this.restoreAllMocks();
    for (const modules of [esModules, commonJs])
      for (const name of modules.keys()) if (!isShared(name)) modules.delete(name);
  }
};

/** @jest/globals is made for the one file that imports it. */
function isShared(name) {
  return /^node:|[\\/]node_modules[\\/]/.test(name) && !/@jest[\\/]/.test(name);
}
