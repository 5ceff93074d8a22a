import { TestEnvironment } from 'jest-environment-node';

/** The environment of this worker. */
let shared;

/** Under these names jest-circus keeps the hooks and the limit of a file, and would use them for the next file as well. */
const ofOneFile = ['EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL'].map((name) => Symbol.for(name));

/** One environment for all test files of a worker, because modules that files share must have the same global object. */
export default class SharedEnvironment extends TestEnvironment {
  #variables;

  constructor(config, context) {
    if (shared) return shared;
    super(config, context);
    shared = this;
    this.#variables = { ...this.global.process.env };
  }

  /** Takes back what the file before may have left. */
  async setup() {
    const { env } = this.global.process;
    for (const name of Object.keys(env)) delete env[name];
    Object.assign(env, this.#variables);
    for (const name of ofOneFile) delete this.global[name];
  }

  async teardown() {
    this.fakeTimersModern.dispose();
  }
}
