import { TestEnvironment } from 'jest-environment-node';

/** The environment of this worker. */
let shared;

/** jest-circus keeps the hooks of a file here, and would run them again for the next one. */
const circusHooks = Symbol.for('EVENT_HANDLERS');

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
    delete this.global[circusHooks];
  }

  async teardown() {
    this.fakeTimersModern.dispose();
  }
}
