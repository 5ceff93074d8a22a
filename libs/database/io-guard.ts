import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';

/** The transaction around the running code, whichever database it is of. */
const around = new AsyncLocalStorage<{ open: boolean }>();

/** Runs work as the inside of a transaction, for as long as that is open. */
export function runInsideTransaction<T>(transaction: { open: boolean }, work: () => T): T {
  return around.run(transaction, work);
}

/**
 * For whatever leaves the process: throws inside an open transaction. A rollback would not take it back, a repetition of the
 * work would do it again, and while it waits for an answer the transaction holds its connection and its locks.
 */
export function refuseInTransaction(what: string): void {
  if (around.getStore()?.open)
    throw new Error(
      `${what} inside a transaction: promise a job that does it (jobs.enqueue), or do it in db.afterCommit.`,
    );
}

/** On our functions: what they stand before. Another copy of this module replaces them instead of standing before them. */
const guarded = Symbol.for('mainstay.guarded');

/**
 * Makes fetch and the requests of node:http and node:https throw inside a transaction. An agent makes the connection of every
 * request, however the function that asks it was imported; a diagnostics channel could only watch, as what its
 * subscribers throw does not reach the caller.
 */
export function guardRequests(): void {
  globalThis.fetch = guard(globalThis.fetch, 'fetch');
  // Of https as well, whose agents inherit it. The types leave out what libraries with agents of their own rely on.
  const agents = Agent.prototype as unknown as { addRequest: (...args: unknown[]) => void };
  agents.addRequest = guard(agents.addRequest, 'An HTTP request');
}

function guard<F extends (...args: never[]) => unknown>(open: F & { [guarded]?: F }, what: string): F {
  const original = open[guarded] ?? open;
  const guardian = function (this: unknown, ...args: never[]) {
    refuseInTransaction(what);
    return original.apply(this, args);
  };
  return Object.assign(guardian as F, { [guarded]: original });
}
