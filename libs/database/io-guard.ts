import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent } from 'node:http';

/** The transaction around the running code, on any database. */
const around = new AsyncLocalStorage<{ open: boolean }>();

/** Runs work so that it counts as inside the transaction for as long as the transaction is open. */
export function runInsideTransaction<T>(transaction: { open: boolean }, work: () => T): T {
  return around.run(transaction, work);
}

/**
 * Throws inside an open transaction. Every call that leaves the process asks here first: a rollback would not undo the call,
 * a retry of the work would repeat it, and the transaction would hold its connection and locks while it waits for the answer.
 */
export function refuseInTransaction(what: string): void {
  if (around.getStore()?.open)
    throw new Error(
      `${what} inside a transaction: enqueue a job that does it (jobs.enqueue), or do it in db.afterCommit.`,
    );
}

/** The property that holds the original function, so that another copy of this module replaces the guard instead of wrapping it. */
const guarded = Symbol.for('mainstay.guarded');

/**
 * Makes fetch and the requests of node:http and node:https throw inside a transaction. It patches the agent, because an agent
 * makes the connection of every request, however the caller imported the function. A diagnostics channel could only watch:
 * an error of a subscriber does not reach the caller.
 */
export function guardRequests(): void {
  globalThis.fetch = guard(globalThis.fetch, 'fetch');
  // The agents of https inherit it. The types leave out this method, on which libraries with their own agents rely.
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
