import { AsyncLocalStorage } from 'node:async_hooks';

/** Milliseconds: more than the server gives a statement of a worker, so that the server ends it and the connection stays usable. */
const longMs = 65_000;

const limit = new AsyncLocalStorage<number>();

/**
 * Runs work whose statements may take as long as the server lets them: the handler of a job. Everything else in a worker takes
 * milliseconds, so that a server which says nothing for some seconds is taken for gone.
 */
export function withLongStatements<T>(work: () => Promise<T>): Promise<T> {
  return limit.run(longMs, work);
}

/** Returns the milliseconds that a statement here may take, or undefined for what its pool allows. */
export const statementLimit = () => limit.getStore();
